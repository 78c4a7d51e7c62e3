CREATE TABLE accounts (id text PRIMARY KEY, cents integer NOT NULL);
INSERT INTO accounts VALUES ('ada', 100);
