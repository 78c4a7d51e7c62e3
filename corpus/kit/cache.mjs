import { createClient } from 'redis'

/** A client that comes back when its connection is lost, and does not end the program. */
export async function openCache() {
  const reconnectStrategy = (tried) => (tried < 8 ? 20 * 2 ** tried : new Error('the cache is gone'))
  const client = createClient({ url: process.env.REDIS_URL, socket: { reconnectStrategy } })
  client.on('error', () => {})
  await client.connect()
  return client
}
