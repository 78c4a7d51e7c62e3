CREATE TABLE accounts (name text PRIMARY KEY, cents integer NOT NULL);
INSERT INTO accounts VALUES ('ann', 5000), ('bob', 100);
