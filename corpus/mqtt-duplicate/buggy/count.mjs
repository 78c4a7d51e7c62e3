import { callbackify } from 'node:util'
import { pause } from 'corpus-kit/ask'

const mostAttempts = 3

/** Counts what every meter tells. What cannot be counted is not acknowledged; what nobody can read is. */
export async function count(client, db) {
  client.handleMessage = callbackify(({ payload }) => take(payload, db))
  await client.subscribeAsync('meters/+', { qos: 1 })
}

async function take(payload, db, attempt = 1) {
  const reading = read(payload)
  if (!reading) return
  try {
    await db.query('INSERT INTO entries VALUES ($1, $2)', [reading.id, reading.cents])
  } catch (error) {
    if (attempt === mostAttempts) throw error
    await pause(50)
    await take(payload, db, attempt + 1)
  }
}

function read(payload) {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}
