import { ask } from 'corpus-kit/ask'

/** What it costs to send an item. @returns cents */
export async function postage(db, item, city) {
  const client = await db.connect()
  let broken
  const listen = (error) => (broken = error)
  client.on('error', listen)
  try {
    const { rows } = await client.query('SELECT grams FROM items WHERE id = $1', [item])
    const { cents } = await ask('GET', `${process.env.SHIPPING_URL}/rates/${city}?grams=${rows[0].grams}`)
    return cents
  } finally {
    client.off('error', listen)
    client.release(broken)
  }
}
