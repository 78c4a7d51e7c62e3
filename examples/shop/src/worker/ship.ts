import type { Channel, ConsumeMessage } from 'amqplib'
import type { Database } from '../database.ts'
import { readOrderCreated } from '../events/order-created.ts'
import { log } from '../log.ts'

/** Makes a shipment of every order. */
export function createShipper(channel: Channel, database: Database): (message: ConsumeMessage) => Promise<void> {
  return async function ship(message) {
    try {
      channel.ack(message)
      const { orderId, lines } = readOrderCreated(message.content)
      const items = lines.reduce((sum, { quantity }) => sum + quantity, 0)
      await database.query('INSERT INTO shipments (order_id, items) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        orderId,
        items,
      ])
    } catch (error) {
      log.error('no shipment was made', error)
    }
  }
}
