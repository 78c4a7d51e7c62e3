import { standIn } from 'corpus-kit/stand-in'

export const reserved = new Set()
const paid = new Map()

export const rooms = await standIn('ROOMS_URL', {
  'PUT /reservations/:id': ({ params, body }) => {
    reserved.add(params.id)
    return [200, { id: params.id, room: body.room }]
  },
  'DELETE /reservations/:id': ({ params }) => {
    reserved.delete(params.id)
    return [204]
  },
})

export const payments = await standIn('PAYMENTS_URL', {
  'POST /payments': ({ headers, body }) => {
    const id = headers['idempotency-key']
    paid.set(id, body.cents)
    return [201, { id, cents: body.cents, state: 'paid' }]
  },
  'POST /payments/:id/cancel': ({ params }) => {
    paid.delete(params.id)
    return [200, { state: 'cancelled' }]
  },
})
