CREATE TABLE orders (id serial PRIMARY KEY, reference text, item text NOT NULL);
CREATE UNIQUE INDEX orders_reference ON orders (reference);
