import { randomUUID } from 'node:crypto'
import { ask } from 'corpus-kit/ask'

/** Charges an amount. What fails stays pending, for the job that runs every hour. */
export async function pay(db, cents) {
  const id = randomUUID()
  await db.query("INSERT INTO payments VALUES ($1, $2, 'pending')", [id, cents])
  await ask('POST', `${process.env.GATEWAY_URL}/charges`, { headers: { 'idempotency-key': id }, body: { cents } })
  await db.query("UPDATE payments SET state = 'paid' WHERE id = $1", [id])
  return 'paid'
}
