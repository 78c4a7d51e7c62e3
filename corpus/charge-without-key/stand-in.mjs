import { standIn } from 'corpus-kit/stand-in'

export const charges = []
const byKey = new Map()

export const payments = await standIn('PAYMENTS_URL', {
  'POST /v1/charges': ({ body, headers }) => {
    const key = headers['idempotency-key']
    if (key && byKey.has(key)) return [200, byKey.get(key)]
    const charge = { id: `ch_${charges.length + 1}`, amount: body.amount }
    charges.push(charge)
    if (key) byKey.set(key, charge)
    return [201, charge]
  },
})
