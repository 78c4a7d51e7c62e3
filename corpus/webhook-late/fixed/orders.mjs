import { json } from 'node:stream/consumers'
import { openDatabase } from 'corpus-kit/database'

let db

/** Takes an order, to be paid later. */
export async function order(id) {
  db ??= openDatabase()
  await db.query('INSERT INTO orders VALUES ($1)', [id])
}

/** Books the payment of an order, once. */
export async function receive(request, response) {
  db ??= openDatabase()
  try {
    const { order: id, cents } = await json(request)
    await db.query('INSERT INTO payments VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
    answer(response, 200, { received: true })
  } catch {
    answer(response, 500, { received: false })
  }
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
