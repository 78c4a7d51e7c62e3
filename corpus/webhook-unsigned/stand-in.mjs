import { createHmac } from 'node:crypto'

process.env.WEBHOOK_SECRET = 'whsec_for_tests'

/** What the vendor sends. */
export function delivery(event, secret = process.env.WEBHOOK_SECRET) {
  const body = JSON.stringify(event)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { method: 'POST', body, headers: { 'content-type': 'application/json', 'payments-signature': signature } }
}
