INSERT INTO products (sku, name, price_cents, stock) VALUES
  ('mug', 'Mug', 1250, 40),
  ('poster', 'Poster', 1900, 8),
  ('lamp', 'Desk lamp', 6400, 3),
  ('globe', 'Last globe', 15900, 1);
