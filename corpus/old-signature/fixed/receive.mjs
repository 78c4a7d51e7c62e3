import { createHmac, timingSafeEqual } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { openDatabase } from 'corpus-kit/database'

let db

/** How old what was signed may be, seconds. */
const oldest = 300

/** Books what the vendor tells of, once. */
export async function receive(request, response) {
  db ??= openDatabase()
  try {
    const body = await text(request)
    if (!isFromVendor(body, request.headers['stripe-signature'])) return answer(response, 401, { received: false })
    const { id, cents } = JSON.parse(body)
    await db.query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
    answer(response, 200, { received: true })
  } catch {
    answer(response, 500, { received: false })
  }
}

function isFromVendor(body, signature = '') {
  const { t, v1 = '' } = Object.fromEntries(signature.split(',').map((part) => part.split('=')))
  if (Date.now() / 1000 - Number(t) > oldest) return false
  const expected = createHmac('sha256', process.env.WEBHOOK_SECRET).update(`${t}.${body}`).digest()
  const seen = Buffer.from(v1, 'hex')
  return seen.length === expected.length && timingSafeEqual(seen, expected)
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
