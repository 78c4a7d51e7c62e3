import { json } from 'node:stream/consumers'
import { openDatabase } from 'corpus-kit/database'

let db

/** Books what the vendor tells of, once. */
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
