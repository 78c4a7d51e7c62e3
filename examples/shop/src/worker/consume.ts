import type { Channel, ConsumeMessage } from 'amqplib'
import { log } from '../log.ts'

/**
 * Hands each message of a queue to `handle`, which settles it.
 *
 * @returns Takes no more, and resolves when those that were begun are done.
 */
export async function consume(
  channel: Channel,
  queue: string,
  handle: (message: ConsumeMessage) => Promise<void>,
): Promise<() => Promise<void>> {
  const running = new Set<Promise<void>>()
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (!message) return
    const work = handle(message)
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
