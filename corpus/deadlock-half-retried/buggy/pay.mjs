import { transaction } from 'corpus-kit/mariadb'

const deadlock = 1213

/** Pays, and notes it. @returns the id of the transfer */
export async function pay(db, { id, payer, cents }) {
  return transaction(db, async (tx) => {
    const run = (sql, values) =>
      tx.query(sql, values).catch((error) => {
        if (error.errno !== deadlock) throw error
        return tx.query(sql, values)
      })
    await run('UPDATE accounts SET cents = cents - ? WHERE owner = ?', [cents, payer])
    await run('INSERT INTO transfers VALUES (?, ?, ?)', [id, payer, cents])
    return id
  })
}
