import { createHmac } from 'node:crypto'

process.env.WEBHOOK_SECRET = 'whsec_for_tests'

/** What the vendor sends, or has sent some seconds ago. */
export function delivery(event, { secondsAgo = 0 } = {}) {
  const body = JSON.stringify(event)
  const at = Math.floor(Date.now() / 1000) - secondsAgo
  const proof = createHmac('sha256', process.env.WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex')
  return {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${proof}` },
  }
}
