CREATE TABLE items (id text PRIMARY KEY, grams integer NOT NULL);
INSERT INTO items VALUES ('lamp', 1200);
