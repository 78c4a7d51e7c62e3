import { randomUUID } from 'node:crypto'
import { transaction } from 'corpus-kit/database'
import { relay } from './relay.mjs'

/** Places an order, and writes down that everybody is to be told. */
export async function order(db, publisher, item) {
  const id = randomUUID()
  await transaction(db, async (tx) => {
    await tx.query('INSERT INTO orders VALUES ($1, $2)', [id, item])
    await tx.query('INSERT INTO outbox VALUES ($1, $2, $3)', [id, 'orders.created', { id, item }])
  })
  await relay(db, publisher)
  return 'placed'
}
