/** Keeps a note. */
export async function note(db, text) {
  const client = await db.connect()
  try {
    await client.query('INSERT INTO notes VALUES ($1)', [text])
    return 'kept'
  } finally {
    client.release()
  }
}
