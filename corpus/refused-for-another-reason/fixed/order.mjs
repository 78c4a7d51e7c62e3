import { ask } from 'corpus-kit/ask'

/** Takes an order and charges the card. */
export async function order(request, response) {
  const card = new URL(request.url, 'http://shop').searchParams.get('card')
  try {
    const { id } = await ask('POST', `${process.env.PAYMENTS_URL}/charges`, { body: { card } })
    response.writeHead(201).end(id)
  } catch (error) {
    // Whatever the reason is called, it is the card that was refused.
    response.writeHead(error.status === 402 ? 402 : 500).end(error.message)
  }
}
