import { transaction } from 'corpus-kit/mariadb'

const deadlock = 1213

/** Pays, and notes it. @returns the id of the transfer */
export async function pay(db, { id, payer, cents }) {
  const once = () =>
    transaction(db, async (tx) => {
      await tx.query('UPDATE accounts SET cents = cents - ? WHERE owner = ?', [cents, payer])
      await tx.query('INSERT INTO transfers VALUES (?, ?, ?)', [id, payer, cents])
      return id
    })
  return once().catch((error) => {
    if (error.errno !== deadlock) throw error
    return once()
  })
}
