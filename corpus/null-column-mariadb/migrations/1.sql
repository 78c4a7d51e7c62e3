CREATE TABLE people (id VARCHAR(20) PRIMARY KEY, name VARCHAR(40) NOT NULL, nick VARCHAR(40));
INSERT INTO people VALUES ('ada', 'Ada Lovelace', 'Countess');
