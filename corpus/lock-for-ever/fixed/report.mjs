import { randomUUID } from 'node:crypto'
import { ask, retry } from 'corpus-kit/ask'
import { within } from './within.mjs'

const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end`

/** Makes the report of a month, one at a time. */
export async function report(redis, month) {
  const mine = randomUUID()
  const lock = `lock:report:${month}`
  if ((await within(1000, redis.set(lock, mine, { NX: true, PX: 30_000 }))) !== 'OK') throw new Error('being made')
  try {
    return await make(month, mine)
  } finally {
    // Where that fails, the lock ends by itself.
    await within(1000, redis.eval(RELEASE, { keys: [lock], arguments: [mine] })).catch((error) =>
      console.error(`${lock} is kept for now`, error.message),
    )
  }
}

async function make(month, key) {
  const url = `${process.env.REPORTS_URL}/reports`
  const { id } = await retry(() => ask('POST', url, { body: { month }, headers: { 'idempotency-key': key } }))
  return id
}
