import { json } from 'node:stream/consumers'
import { openDatabase } from 'corpus-kit/database'

let db
const working = new Set()

/** Acknowledges an event at once, as vendors like it, and books it afterwards. */
export async function receive(request, response) {
  db ??= openDatabase()
  const { id, cents } = await json(request)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ received: true }))
  const work = db
    .query('INSERT INTO entries VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, cents])
    .catch((error) => console.error(error.message))
    .finally(() => working.delete(work))
  working.add(work)
}

/** Resolves when nothing is being worked at. */
export const settled = () => Promise.all(working)
