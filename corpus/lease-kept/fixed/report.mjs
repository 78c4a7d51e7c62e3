import { randomUUID } from 'node:crypto'
import { ask, retry } from 'corpus-kit/ask'

/** Makes the report of a month, which only one may do at a time. */
export async function report(month) {
  const key = randomUUID()
  const lease = `${process.env.LEASES_URL}/leases/${month}`
  try {
    await retry(() => ask('PUT', lease, { body: {} }))
    return await make(month, key)
  } finally {
    await retry(() => ask('DELETE', lease).catch(unlessGone), { attempts: 4, firstMs: 100 })
  }
}

async function make(month, key) {
  const url = `${process.env.REPORTS_URL}/reports`
  const { id } = await retry(() => ask('POST', url, { body: { month }, headers: { 'idempotency-key': key } }))
  return id
}

function unlessGone(error) {
  if (error.status !== 404) throw error
}
