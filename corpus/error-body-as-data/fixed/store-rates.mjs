import { ask, ServiceError } from 'corpus-kit/ask'

/** Stores what money is worth today. */
export async function storeRates(db) {
  const { rates } = await ask('GET', `${process.env.RATES_URL}/rates`)
  if (!rates) throw new ServiceError('there are no rates in the answer')
  for (const [currency, rate] of Object.entries(rates)) {
    await db.query('INSERT INTO rates VALUES ($1, $2)', [currency, rate])
  }
  return 'stored'
}
