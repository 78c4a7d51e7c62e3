import { ask, retry, ServiceError } from 'corpus-kit/ask'

/** Books a seat. @returns the ticket */
export async function book(seat) {
  const seatUrl = `${process.env.SEATS_URL}/seats/${seat}`
  try {
    await ask('PUT', seatUrl, { body: {} })
    const { ticket } = await ask('POST', `${process.env.TICKETS_URL}/tickets`, { body: { seat } })
    return ticket
  } catch (cause) {
    await retry(() => ask('DELETE', seatUrl))
    throw new ServiceError(`seat ${seat} was not booked`, { cause })
  }
}
