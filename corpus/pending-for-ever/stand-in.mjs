import { standIn } from 'corpus-kit/stand-in'

export const charges = new Map()

export const gateway = await standIn('GATEWAY_URL', {
  'POST /charges': ({ headers, body }) => {
    charges.set(headers['idempotency-key'], body.cents)
    return [201, { id: headers['idempotency-key'] }]
  },
  'GET /charges/:id': ({ params }) =>
    charges.has(params.id) ? [200, { id: params.id }] : [404, { error: 'no such charge' }],
})
