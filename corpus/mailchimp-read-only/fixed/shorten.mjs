/** Makes a short link. A name that is taken already leads where it did before. */
export async function shorten(db, name, url) {
  await db.query('INSERT INTO links VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, url])
  return `https://mort.ar/${name}`
}
