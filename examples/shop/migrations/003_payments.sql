CREATE TABLE payments (
  order_id integer PRIMARY KEY REFERENCES orders,
  intent_id text NOT NULL UNIQUE,
  amount_cents integer NOT NULL,
  refunded_cents integer NOT NULL DEFAULT 0,
  CHECK (refunded_cents BETWEEN 0 AND amount_cents)
);
