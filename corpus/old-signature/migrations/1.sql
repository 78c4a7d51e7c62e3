CREATE TABLE entries (id text PRIMARY KEY, cents integer NOT NULL);
