CREATE TABLE orders (id text PRIMARY KEY);
CREATE TABLE payments (order_id text PRIMARY KEY REFERENCES orders, cents integer NOT NULL);
