import { randomUUID } from 'node:crypto'
import { publish } from 'corpus-kit/queue'

/** Places an order, and tells everybody. */
export async function order(db, channel, item) {
  const id = randomUUID()
  await db.query('INSERT INTO orders VALUES ($1, $2)', [id, item])
  await publish(channel, 'orders.created', { id, item }, { messageId: id })
  return 'placed'
}
