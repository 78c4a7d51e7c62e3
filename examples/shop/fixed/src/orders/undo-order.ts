import { type Database, type Queryable, retrying, transaction } from '../database.ts'
import { dropTask } from '../outbox/outbox.ts'
import type { Payments } from '../payments/payments.ts'
import { returnToStock } from './stock.ts'

/** Id of the task that takes an order back. */
export function undoTask(orderId: number): string {
  return `undo-${orderId}`
}

/** Gives back what an order has reserved, unless it is complete. It stays, as it may have been paid. */
export async function abandonOrder(tx: Queryable, orderId: number): Promise<void> {
  const abandon = `UPDATE orders SET status = 'abandoned' WHERE id = $1 AND status = 'pending'`
  const { rowCount } = await tx.query(abandon, [orderId])
  if (rowCount === 1) await returnToStock(tx, orderId)
}

/** Removes an abandoned order that is not paid. */
export async function deleteOrder(tx: Queryable, orderId: number): Promise<void> {
  const { rows } = await tx.query(`SELECT 1 FROM orders WHERE id = $1 AND status = 'abandoned' FOR UPDATE`, [orderId])
  if (rows.length === 0) return
  await tx.query('DELETE FROM order_lines WHERE order_id = $1', [orderId])
  await tx.query('DELETE FROM orders WHERE id = $1', [orderId])
  await dropTask(tx, undoTask(orderId))
}

/** Takes back an order that nobody has completed in time, with its payment if there is one. */
export async function undoOrder(
  { database, payments }: { readonly database: Database; readonly payments: Payments },
  orderId: number,
): Promise<void> {
  await transaction(database, (tx) => abandonOrder(tx, orderId), { isRepeatable: true })
  const look = `SELECT 1 FROM orders WHERE id = $1 AND status = 'abandoned'`
  const { rows } = await retrying(() => database.query(look, [orderId]), { isRepeatable: true })
  if (rows.length === 0) return
  const payment = await payments.find(`${orderId}`)
  if (payment) await payments.refund(payment.intentId, payment.amountCents, undoTask(orderId))
  await transaction(database, (tx) => deleteOrder(tx, orderId), { isRepeatable: true })
}
