/** Keeps a note. */
export async function note(db, text) {
  // The pool listens to the errors of its clients as long as nobody has borrowed them, and so it must be asked itself.
  await db.query('INSERT INTO notes VALUES ($1)', [text])
  return 'kept'
}
