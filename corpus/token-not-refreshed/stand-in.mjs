import { standIn } from 'corpus-kit/stand-in'

const tokens = { latest: 1 }

export const billing = await standIn('BILLING_URL', {
  'POST /token': () => [200, { token: `t${++tokens.latest}` }],
  'GET /invoices': () => [200, { invoices: [{ id: 'in_1', cents: 1200 }] }],
})
