CREATE TABLE orders (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers,
  -- Chosen by the customer's browser, so that a second click is not a second order.
  reference text NOT NULL,
  status text NOT NULL CHECK (status IN ('paid', 'refunded')),
  total_cents integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (customer_id, reference)
);

CREATE TABLE order_lines (
  order_id integer NOT NULL REFERENCES orders,
  sku text NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_cents integer NOT NULL,
  PRIMARY KEY (order_id, sku)
);
