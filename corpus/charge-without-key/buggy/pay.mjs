import { ask, retry } from 'corpus-kit/ask'

/** Pays an order. */
export async function pay({ cents }) {
  const body = { amount: cents }
  const charge = await retry(() => ask('POST', `${process.env.PAYMENTS_URL}/v1/charges`, { body }))
  return { id: charge.id }
}
