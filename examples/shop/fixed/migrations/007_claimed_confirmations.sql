-- Whoever is to send a confirmation claims it first; `sent_at` says that it has been sent.
ALTER TABLE confirmations
  ALTER COLUMN sent_at DROP DEFAULT,
  ALTER COLUMN sent_at DROP NOT NULL,
  ADD COLUMN claimed_by uuid,
  ADD COLUMN claimed_until timestamptz;
