CREATE TABLE orders (id text PRIMARY KEY, item text NOT NULL);
CREATE TABLE outbox (id text PRIMARY KEY, queue text NOT NULL, body jsonb NOT NULL);
