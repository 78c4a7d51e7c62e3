CREATE TABLE visits (page text NOT NULL);
CREATE TABLE pages (page text PRIMARY KEY, seen integer NOT NULL);
INSERT INTO pages VALUES ('home', 0);
