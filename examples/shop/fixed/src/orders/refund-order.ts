import { randomUUID } from 'node:crypto'
import { transaction } from '../database.ts'
import { putTask } from '../outbox/outbox.ts'
import type { Shop } from '../shop.ts'
import { ShopError } from '../shop-error.ts'

export interface Refunded {
  readonly orderId: number
  readonly refundedCents: number
}

/**
 * Gives money back, all that is left by default. Never more than was paid, however many ask at once. When the gateway
 * does not answer, the relay goes on asking.
 */
export async function refundOrder({ database, relay }: Shop, orderId: number, amountCents?: number): Promise<Refunded> {
  const id = randomUUID()
  const refunded = await transaction(
    database,
    async (tx) => {
      const { rows } = await tx.query<{ intent_id: string; amount_cents: number; refunded_cents: number }>(
        'SELECT intent_id, amount_cents, refunded_cents FROM payments WHERE order_id = $1 FOR UPDATE',
        [orderId],
      )
      const [payment] = rows
      if (!payment) throw new ShopError(404, 'unknown_order', `There is no order ${orderId}.`)
      // This transaction may have been committed before, and only its answer lost.
      const known = await tx.query('SELECT 1 FROM refunds WHERE id = $1', [id])
      if (known.rows.length > 0) return { orderId, refundedCents: payment.refunded_cents }

      const left = payment.amount_cents - payment.refunded_cents
      const amount = amountCents ?? left
      if (amount > left || left === 0) throw new ShopError(409, 'too_much', `Only ${left} cents are left to refund.`)
      await tx.query('UPDATE payments SET refunded_cents = refunded_cents + $2 WHERE order_id = $1', [orderId, amount])
      if (amount === left) await tx.query(`UPDATE orders SET status = 'refunded' WHERE id = $1`, [orderId])
      await tx.query('INSERT INTO refunds (id, order_id, amount_cents) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        id,
        orderId,
        amount,
      ])
      await putTask(tx, `refund-${id}`, { kind: 'refund', intentId: payment.intent_id, amountCents: amount })
      return { orderId, refundedCents: payment.refunded_cents + amount }
    },
    { isRepeatable: true },
  )
  await relay.run()
  return refunded
}
