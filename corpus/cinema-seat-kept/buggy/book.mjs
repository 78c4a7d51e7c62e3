import { ask } from 'corpus-kit/ask'

/** Books a seat. @returns the ticket */
export async function book(seat) {
  await ask('PUT', `${process.env.SEATS_URL}/seats/${seat}`, { body: {} })
  const { ticket } = await ask('POST', `${process.env.TICKETS_URL}/tickets`, { body: { seat } })
  return ticket
}
