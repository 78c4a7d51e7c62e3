import { callbackify } from 'node:util'
import { pause } from 'corpus-kit/ask'
import { transaction } from 'corpus-kit/database'

const mostAttempts = 3

/** Counts what every meter tells, once. What cannot be counted is not acknowledged; what nobody can read is. */
export async function count(client, db) {
  client.handleMessage = callbackify(({ payload }) => take(payload, db))
  await client.subscribeAsync('meters/+', { qos: 1 })
}

async function take(payload, db, attempt = 1) {
  const reading = read(payload)
  if (!reading) return
  try {
    await countOnce(db, reading)
  } catch (error) {
    if (attempt === mostAttempts) throw error
    await pause(50)
    await take(payload, db, attempt + 1)
  }
}

async function countOnce(db, { id, cents }) {
  await transaction(db, async (tx) => {
    const { rowCount } = await tx.query('INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING', [id])
    if (rowCount === 1) await tx.query('INSERT INTO entries VALUES ($1, $2)', [id, cents])
  })
}

function read(payload) {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}
