-- What has to follow a commit is written down with it, and done afterwards, at least once.
CREATE TABLE outbox (
  id text PRIMARY KEY,
  task jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL,
  claimed_by uuid
);

CREATE INDEX ON outbox (due_at);
