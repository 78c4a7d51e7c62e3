import { randomUUID } from 'node:crypto'
import { transaction } from 'corpus-kit/database'

const insert = 'INSERT INTO orders (reference, item) VALUES ($1, $2) ON CONFLICT (reference) DO NOTHING'

/** Places an order; tries once more when the connection was lost, under the same reference. */
export async function order(db, item) {
  const reference = randomUUID()
  const place = () => transaction(db, (tx) => tx.query(insert, [reference, item]))
  await place().catch(place)
  return 'placed'
}
