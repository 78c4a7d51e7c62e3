import { transaction } from 'corpus-kit/database'

const update = 'UPDATE accounts SET cents = cents - $2 WHERE id = $1 RETURNING cents'

/** Charges an account. @returns what is left, in cents */
export async function pay(db, account, cents) {
  return transaction(db, async (tx) => (await tx.query(update, [account, cents])).rows[0].cents)
}
