CREATE TABLE shows (id text PRIMARY KEY, seats integer NOT NULL);
CREATE TABLE bookings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, show text NOT NULL, guest text NOT NULL);
INSERT INTO shows VALUES ('show', 2);
