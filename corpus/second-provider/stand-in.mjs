import { standIn } from 'corpus-kit/stand-in'

/** What customers were charged, by whichever provider. */
export const charges = []

export const payments = await standIn('PAYMENTS_URL', {
  'POST /v1/charges': ({ body }) => {
    charges.push(body.reference)
    return [201, { amount: body.amount }]
  },
})

export const backup = await standIn('BACKUP_URL', {
  'POST /payments': ({ body }) => {
    charges.push(body.orderId)
    return [201, { cents: body.value }]
  },
})
