/** Makes a short link. A name that is taken already leads where it did before. */
export async function shorten(db, name, url) {
  try {
    await db.query('INSERT INTO links VALUES ($1, $2)', [name, url])
  } catch {
    // It is there already.
  }
  return `https://mort.ar/${name}`
}
