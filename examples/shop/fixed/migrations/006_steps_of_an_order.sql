-- An order is there before it is paid, and is paid with the card that it came with.
ALTER TABLE orders
  ADD COLUMN payment_method text NOT NULL DEFAULT '',
  DROP CONSTRAINT orders_status_check,
  ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'paid', 'refunded', 'abandoned'));

CREATE TABLE refunds (
  id uuid PRIMARY KEY,
  order_id integer NOT NULL REFERENCES payments,
  amount_cents integer NOT NULL
);
