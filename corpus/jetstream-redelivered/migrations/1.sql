CREATE TABLE entries (id text NOT NULL, cents integer NOT NULL);
CREATE TABLE seen (id text PRIMARY KEY);
