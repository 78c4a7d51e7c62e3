import { randomUUID } from 'node:crypto'
import { ask, retry } from 'corpus-kit/ask'

/** Pays an order. */
export async function pay({ cents }) {
  const body = { amount: cents }
  const headers = { 'idempotency-key': randomUUID() }
  const charge = await retry(() => ask('POST', `${process.env.PAYMENTS_URL}/v1/charges`, { body, headers }))
  return { id: charge.id }
}
