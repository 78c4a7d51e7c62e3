import { transaction } from '../database.ts'
import { explainDecline } from '../payments/decline.ts'
import type { Shop } from '../shop.ts'
import { findCustomer } from './customers.ts'
import { findByReference, insertOrder } from './order-store.ts'
import type { Order, OrderRequest } from './order.ts'
import { takeFromStock } from './stock.ts'

/** An order, and whether it is one that the customer had placed before. */
export interface Placed {
  readonly order: Order
  readonly isNew: boolean
}

/**
 * Reserves, charges, writes and announces an order.
 *
 * @throws ShopError when something is unknown or out of stock, or the card is declined; nothing has changed then.
 */
export async function placeOrder(shop: Shop, request: OrderRequest): Promise<Placed> {
  const { database, payments, events } = shop
  return transaction(database, async (tx) => {
    const known = await findByReference(tx, request.customerId, request.reference)
    if (known) return { order: known, isNew: false }

    const customer = await findCustomer(database, request.customerId)
    const lines = await takeFromStock(tx, request.lines)
    const order = await insertOrder(tx, request, lines)

    const { paymentMethod, reference } = request
    const intentId = await payments
      .charge({ reference, amountCents: order.totalCents, paymentMethod })
      .catch((error: unknown) => Promise.reject(explainDecline(error)))
    await tx.query('INSERT INTO payments (order_id, intent_id, amount_cents) VALUES ($1, $2, $3)', [
      order.id,
      intentId,
      order.totalCents,
    ])

    await events.orderCreated({
      orderId: order.id,
      reference,
      totalCents: order.totalCents,
      customer: { email: customer.email, name: customer.name },
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    })
    return { order, isNew: true }
  })
}
