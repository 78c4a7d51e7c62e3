import { randomUUID } from 'node:crypto'

/** Places an order, and tells everybody. */
export async function order(db, publisher, item) {
  const id = randomUUID()
  await db.query('INSERT INTO orders VALUES ($1, $2)', [id, item])
  await publisher.publish('orders.created', { id, item }, { messageId: id }).catch((error) => {
    console.error(`nobody hears of ${id}: ${error.message}`)
  })
  return 'placed'
}
