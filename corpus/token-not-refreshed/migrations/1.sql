CREATE TABLE invoices (id text PRIMARY KEY, cents integer NOT NULL);
