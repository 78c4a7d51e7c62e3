import { createClient } from 'redis'

/** A client that comes back when its connection is lost, and does not end the program. */
export async function openCache() {
  const client = createClient({ url: process.env.REDIS_URL, socket: { reconnectStrategy: () => 20 } })
  client.on('error', () => {})
  await client.connect()
  return client
}
