/** Greets a person. @throws an Error when nobody knows them */
export async function greet(db, id) {
  const [rows] = await db.query('SELECT name, nick FROM people WHERE id = ?', [id])
  const [person] = rows
  if (!person) throw new Error(`nobody is called ${id}`)
  return `Hello ${person.nick.toUpperCase()}`
}
