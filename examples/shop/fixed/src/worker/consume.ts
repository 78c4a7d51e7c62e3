import { setTimeout as delay } from 'node:timers/promises'
import type { Channel, ConsumeMessage } from 'amqplib'
import { type OrderCreated, readOrderCreated } from '../events/order-created.ts'
import { log } from '../log.ts'

const retryAfterMs = 200

/**
 * Hands each event of a queue to `handle`, and acknowledges it when that is done. What fails comes once more; what fails
 * again, or cannot be read, is put aside as a dead letter.
 *
 * @returns Takes no more, and resolves when those that were begun are done.
 */
export async function consume(
  channel: Channel,
  queue: string,
  handle: (event: OrderCreated) => Promise<void>,
): Promise<() => Promise<void>> {
  const running = new Set<Promise<void>>()

  async function settle(message: ConsumeMessage): Promise<void> {
    let event: OrderCreated
    try {
      event = readOrderCreated(message.content)
    } catch (error) {
      log.error('a message cannot be read', error, { queue })
      return channel.nack(message, false, false)
    }
    try {
      await handle(event)
    } catch (error) {
      log.error('an event could not be dealt with', error, { queue, orderId: event.orderId })
      await delay(retryAfterMs)
      return channel.nack(message, false, !message.fields.redelivered)
    }
    channel.ack(message)
  }

  const { consumerTag } = await channel.consume(queue, (message) => {
    if (!message) return
    const work = settle(message)
      // Its channel is gone, and it will be delivered again.
      .catch((error: unknown) => log.error('a message could not be settled', error))
      .finally(() => running.delete(work))
    running.add(work)
  })
  return async () => {
    await channel.cancel(consumerTag)
    await Promise.all(running)
  }
}
