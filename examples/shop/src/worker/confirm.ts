import type { Channel, ConsumeMessage } from 'amqplib'
import type { Database } from '../database.ts'
import { readOrderCreated } from '../events/order-created.ts'
import { log } from '../log.ts'
import type { Mailer } from '../mail/mailer.ts'

/** Sends every customer a confirmation, and keeps a note of it for support. */
export function createConfirmer(
  channel: Channel,
  database: Database,
  mailer: Mailer,
): (message: ConsumeMessage) => Promise<void> {
  return async function confirm(message) {
    try {
      const event = readOrderCreated(message.content)
      await mailer.confirm(event)
      await database.query('INSERT INTO confirmations (order_id, email) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        event.orderId,
        event.customer.email,
      ])
      channel.ack(message)
    } catch (error) {
      log.error('no confirmation was sent', error)
      channel.nack(message, false, true)
    }
  }
}
