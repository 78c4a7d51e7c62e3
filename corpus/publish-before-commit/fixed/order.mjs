import { randomUUID } from 'node:crypto'
import { transaction } from 'corpus-kit/database'
import { publish } from 'corpus-kit/queue'

/** Places an order, and tells everybody as soon as it is there for good. */
export async function order(db, channel, item) {
  const id = randomUUID()
  await transaction(db, async (tx) => {
    await tx.query('INSERT INTO orders VALUES ($1, $2)', [id, item])
    await tx.query('INSERT INTO outbox VALUES ($1, $2, $3)', [id, 'orders.created', { id, item }])
  })
  try {
    await publish(channel, 'orders.created', { id, item }, { messageId: id })
    await db.query('DELETE FROM outbox WHERE id = $1', [id])
  } catch {
    // What is still in the outbox is published by a timer.
  }
  return 'placed'
}
