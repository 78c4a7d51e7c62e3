import { randomUUID } from 'node:crypto'
import { connect } from 'amqplib'
import { log } from '../log.ts'
import type { OrderCreated } from './order-created.ts'
import { declareTopology, exchange } from './topology.ts'

/** Tells the rest of the company. */
export interface Events {
  /** Resolves when the broker has it. */
  orderCreated(event: OrderCreated): Promise<void>
  close(): Promise<void>
}

export async function openEvents(url: string): Promise<Events> {
  const connection = await connect(url)
  connection.on('error', (error) => log.error('the broker is gone', error))
  const channel = await connection.createConfirmChannel()
  channel.on('error', (error) => log.error('the channel is gone', error))
  await declareTopology(channel)
  return {
    async orderCreated(event) {
      channel.publish(exchange, 'orders.created', Buffer.from(JSON.stringify(event)), {
        persistent: true,
        contentType: 'application/json',
        messageId: randomUUID(),
      })
      await channel.waitForConfirms()
    },
    close: () => connection.close(),
  }
}
