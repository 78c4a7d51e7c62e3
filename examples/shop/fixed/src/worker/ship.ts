import { type Database, retrying } from '../database.ts'
import type { OrderCreated } from '../events/order-created.ts'

/** Makes a shipment of every order, one. */
export function createShipper(database: Database): (event: OrderCreated) => Promise<void> {
  return async function ship({ orderId, lines }) {
    const items = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    const insert = 'INSERT INTO shipments (order_id, items) VALUES ($1, $2) ON CONFLICT DO NOTHING'
    await retrying(() => database.query(insert, [orderId, items]), { isRepeatable: true })
  }
}
