CREATE TABLE films (id text PRIMARY KEY, state text NOT NULL, file text);
INSERT INTO films VALUES ('metropolis', 'queued', NULL);
