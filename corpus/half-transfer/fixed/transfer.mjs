import { transaction } from 'corpus-kit/database'

const ADD = 'UPDATE accounts SET cents = cents + $2 WHERE name = $1'

/** Moves money: as a whole, or not at all. */
export async function transfer(db, { from, to, cents }) {
  await transaction(db, async (client) => {
    await client.query(ADD, [from, -cents])
    await client.query(ADD, [to, cents])
  })
  return 'done'
}
