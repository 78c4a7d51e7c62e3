import { json } from 'node:stream/consumers'
import { openDatabase } from 'corpus-kit/database'

let db

/** Books an event, and acknowledges it when it is booked. */
export async function receive(request, response) {
  db ??= openDatabase()
  try {
    const { id, cents } = await json(request)
    await db.query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
    answer(response, 200, { received: true })
  } catch {
    answer(response, 500, { received: false })
  }
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Resolves when nothing is being worked at: at once, since nothing is done behind an answer. */
export const settled = async () => {}
