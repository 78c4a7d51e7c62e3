import { randomUUID } from 'node:crypto'
import { ask, pause } from 'corpus-kit/ask'

/** Books a room and pays for it; where that does not work, neither is left. */
export async function book({ room, cents }) {
  const id = randomUUID()
  const reservation = `${process.env.ROOMS_URL}/reservations/${id}`
  const payments = `${process.env.PAYMENTS_URL}/payments`
  try {
    await ask('PUT', reservation, { body: { room } })
    const body = { cents, booking: id }
    const payment = await ask('POST', payments, { body, headers: { 'idempotency-key': id } })
    if (payment.state !== 'paid') throw new Error(`payment is ${payment.state}`)
    return { id, room, cents: payment.cents }
  } catch (error) {
    await undo('POST', `${payments}/${id}/cancel`)
    await undo('DELETE', reservation)
    throw error
  }
}

/** What is not there needs no undoing. */
async function undo(method, url) {
  for (let tried = 1; tried < 6; tried++) {
    try {
      const response = await fetch(url, { method, signal: AbortSignal.timeout(1000) })
      await response.text()
      if (response.ok || response.status === 404) return
    } catch (error) {
      console.error(`${method} ${url}`, error.message)
    }
    await pause(200 * 2 ** tried)
  }
}
