import { randomUUID } from 'node:crypto'
import { ask, retry } from 'corpus-kit/ask'
import { within } from './within.mjs'

/** Makes the report of a month, one at a time. */
export async function report(redis, month) {
  const mine = randomUUID()
  const lock = `lock:report:${month}`
  if ((await within(1000, redis.set(lock, mine, { NX: true }))) !== 'OK') throw new Error('being made')
  const id = await make(month, mine)
  await within(1000, redis.del(lock))
  return id
}

async function make(month, key) {
  const url = `${process.env.REPORTS_URL}/reports`
  const { id } = await retry(() => ask('POST', url, { body: { month }, headers: { 'idempotency-key': key } }))
  return id
}
