import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { json } from 'node:stream/consumers'

const agent = new Agent({ keepAlive: true, maxSockets: 2 })

/** Looks up what an invoice is about, in cents. */
export async function amountOf(id) {
  const request = get(`${process.env.INVOICES_URL}/invoices/${id}`, { agent })
  const giveUp = setTimeout(() => request.destroy(new Error('invoices did not answer in time')), 1000)
  try {
    const [response] = await once(request, 'response')
    if (response.statusCode !== 200) {
      response.resume()
      throw new Error(`invoices answered ${response.statusCode}`)
    }
    const { amount } = await json(response)
    if (typeof amount !== 'number') throw new Error('invoices gave no amount')
    return amount
  } finally {
    clearTimeout(giveUp)
  }
}
