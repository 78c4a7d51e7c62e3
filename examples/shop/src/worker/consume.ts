import type { Channel, ConsumeMessage } from 'amqplib'

/**
 * Hands each message of a queue to `handle`, which settles it and never rejects.
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
    const work = handle(message).finally(() => running.delete(work))
    running.add(work)
  })
  return async () => {
    await channel.cancel(consumerTag)
    await Promise.all(running)
  }
}
