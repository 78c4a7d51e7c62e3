import { ask } from 'corpus-kit/ask'

/** Asks the gateway what has become of each payment that was left pending. */
export async function settle(db) {
  const { rows } = await db.query("SELECT id FROM payments WHERE state = 'pending'")
  for (const { id } of rows) {
    const state = await ask('GET', `${process.env.GATEWAY_URL}/charges/${id}`).then(
      () => 'paid',
      (error) => {
        if (error.status !== 404) throw error
        return 'failed'
      },
    )
    await db.query('UPDATE payments SET state = $2 WHERE id = $1', [id, state])
  }
}
