/** Stores what money is worth today. */
export async function storeRates(db) {
  const response = await fetch(`${process.env.RATES_URL}/rates`, { signal: AbortSignal.timeout(1000) })
  const { rates = {} } = await response.json()
  for (const [currency, rate] of Object.entries(rates)) {
    await db.query('INSERT INTO rates VALUES ($1, $2)', [currency, rate])
  }
  return 'stored'
}
