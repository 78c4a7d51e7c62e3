import { standIn } from 'corpus-kit/stand-in'

export const billing = await standIn('BILLING_URL', {
  'POST /graphql': ({ body }) => [200, { data: { sendInvoice: { id: body.variables.id, sent: true } } }],
})
