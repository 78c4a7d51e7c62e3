import { pause } from 'corpus-kit/ask'
import { openQueue, publish } from 'corpus-kit/queue'

/** Publishes on one connection, and on a new one where that was lost; three times at most. */
export class Publisher {
  #opened

  async publish(queue, body, options) {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#opened ??= openQueue()
        const { channel } = await this.#opened
        return await publish(channel, queue, body, options)
      } catch (error) {
        await this.close()
        if (attempt === 3) throw error
        await pause(50 * attempt)
      }
    }
  }

  async close() {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.then(
      ({ close }) => close(),
      () => {},
    )
  }
}
