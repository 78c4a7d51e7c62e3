import { createClient } from 'redis'
import { soon } from './soon.mjs'

/** A cache that is asked once more when its connection was lost. */
export async function openCache() {
  const client = createClient({
    url: process.env.REDIS_URL,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 100 },
  })
  client.on('error', () => {})
  await client.connect()

  async function asked(question) {
    try {
      return await soon(question())
    } catch {
      await soon(ready(client))
      return await soon(question())
    }
  }

  return {
    get: (key) => asked(() => client.get(key)),
    set: (key, value) => asked(() => client.set(key, value)),
    close: () => client.destroy(),
  }
}

/** Resolves when the client has a connection. */
async function ready(client) {
  while (!client.isReady) await new Promise((resolve) => void client.once('ready', resolve))
}
