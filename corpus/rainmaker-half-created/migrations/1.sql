CREATE TABLE machines (name text PRIMARY KEY, state text NOT NULL);
