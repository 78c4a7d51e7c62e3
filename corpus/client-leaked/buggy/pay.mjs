/** Charges an account. @returns what is left, in cents */
export async function pay(db, account, cents) {
  const client = await db.connect()
  client.on('error', () => {})
  await client.query('BEGIN')
  const { rows } = await client.query('UPDATE accounts SET cents = cents - $2 WHERE id = $1 RETURNING cents', [
    account,
    cents,
  ])
  await client.query('COMMIT')
  client.release()
  return rows[0].cents
}
