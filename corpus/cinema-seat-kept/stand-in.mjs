import { standIn } from 'corpus-kit/stand-in'

export const taken = new Set()
export const tickets = []

export const seatService = await standIn('SEATS_URL', {
  'PUT /seats/:seat': ({ params }) => {
    taken.add(params.seat)
    return [200, { seat: params.seat }]
  },
  'DELETE /seats/:seat': ({ params }) => {
    taken.delete(params.seat)
    return [204]
  },
})

export const ticketService = await standIn('TICKETS_URL', {
  'POST /tickets': ({ body }) => {
    tickets.push(body.seat)
    return [201, { ticket: `t-${body.seat}` }]
  },
})
