import type { Channel } from 'amqplib'

export const exchange = 'shop'

/** Takes what a consumer could not deal with. */
const deadLetters = 'shop.dead'

export const queues = { shipping: 'shipping', confirmations: 'confirmations' } as const

/** Whoever comes first makes the queues, so that no event is lost while a consumer is not up yet. */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true })
  await channel.assertExchange(deadLetters, 'topic', { durable: true })
  for (const queue of Object.values(queues)) {
    await channel.assertQueue(`${queue}.dead`, { durable: true })
    await channel.bindQueue(`${queue}.dead`, deadLetters, queue)
    await channel.assertQueue(queue, { durable: true, deadLetterExchange: deadLetters, deadLetterRoutingKey: queue })
    await channel.bindQueue(queue, exchange, 'orders.created')
  }
}
