import { transaction } from '../database.ts'
import type { Shop } from '../shop.ts'
import { ShopError } from '../shop-error.ts'

export interface Refunded {
  readonly orderId: number
  readonly refundedCents: number
}

/** Gives money back, all that is left by default. Never more than was paid, however many ask at once. */
export async function refundOrder(shop: Shop, orderId: number, amountCents?: number): Promise<Refunded> {
  const { database, payments } = shop
  return transaction(
    database,
    async (tx) => {
      const { rows } = await tx.query<{ intent_id: string; amount_cents: number; refunded_cents: number }>(
        'SELECT intent_id, amount_cents, refunded_cents FROM payments WHERE order_id = $1',
        [orderId],
      )
      const [payment] = rows
      if (!payment) throw new ShopError(404, 'unknown_order', `There is no order ${orderId}.`)
      const left = payment.amount_cents - payment.refunded_cents
      const amount = amountCents ?? left
      if (amount > left || left === 0) throw new ShopError(409, 'too_much', `Only ${left} cents are left to refund.`)

      const refundedCents = payment.refunded_cents + amount
      await tx.query('UPDATE payments SET refunded_cents = $2 WHERE order_id = $1', [orderId, refundedCents])
      if (amount === left) await tx.query(`UPDATE orders SET status = 'refunded' WHERE id = $1`, [orderId])
      await payments.refund(payment.intent_id, amount, `refund-${payment.intent_id}-${refundedCents}`)
      return { orderId, refundedCents }
    },
    { isolation: 'SERIALIZABLE' },
  )
}
