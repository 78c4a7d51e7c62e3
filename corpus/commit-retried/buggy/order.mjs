import { transaction } from 'corpus-kit/database'

/** Places an order; tries once more when the connection was lost. */
export async function order(db, item) {
  const place = () => transaction(db, (tx) => tx.query('INSERT INTO orders (item) VALUES ($1)', [item]))
  await place().catch(place)
  return 'placed'
}
