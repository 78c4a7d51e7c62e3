CREATE TABLE people (id text PRIMARY KEY, name text NOT NULL, nick text);
INSERT INTO people VALUES ('ada', 'Ada Lovelace', 'Countess');
