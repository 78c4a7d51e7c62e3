import { json } from 'node:stream/consumers'
import { pause } from 'corpus-kit/ask'
import { openDatabase } from 'corpus-kit/database'

let db

/** Books what the vendor tells of, once. */
export async function receive(request, response) {
  db ??= openDatabase()
  try {
    const { id, cents } = await json(request)
    const { rowCount } = await db.query('SELECT id FROM entries WHERE id = $1', [id])
    if (rowCount === 0) {
      await print(id)
      await db.query('INSERT INTO entries VALUES ($1, $2)', [id, cents])
    }
    answer(response, 200, { received: true })
  } catch {
    answer(response, 500, { received: false })
  }
}

/** Prints a receipt, which takes its time. */
const print = () => pause(40)

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
