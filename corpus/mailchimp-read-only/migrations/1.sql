CREATE TABLE links (name text PRIMARY KEY, url text NOT NULL);
