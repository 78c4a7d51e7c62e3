import { randomUUID } from 'node:crypto'
import { transaction } from 'corpus-kit/database'
import { publish } from 'corpus-kit/queue'

/** Places an order and tells everybody, or does neither. */
export async function order(db, channel, item) {
  const id = randomUUID()
  await transaction(db, async (tx) => {
    await tx.query('INSERT INTO orders VALUES ($1, $2)', [id, item])
    await publish(channel, 'orders.created', { id, item }, { messageId: id })
  })
  return 'placed'
}
