-- Owned by the worker, which may get a database of its own one day: no foreign keys to orders.
CREATE TABLE shipments (
  order_id integer PRIMARY KEY,
  items integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE confirmations (
  order_id integer PRIMARY KEY,
  email text NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now()
);
