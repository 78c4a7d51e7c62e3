import { standIn } from 'corpus-kit/stand-in'

export const invoices = await standIn('INVOICES_URL', {
  'GET /invoices/:id': ({ params }) => [200, { id: params.id, amount: 1200 }],
})
