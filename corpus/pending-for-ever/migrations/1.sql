CREATE TABLE payments (id text PRIMARY KEY, cents integer NOT NULL, state text NOT NULL);
