import { type Queryable, transaction } from '../database.ts'
import { log } from '../log.ts'
import { dropTask, putTask } from '../outbox/outbox.ts'
import { explainDecline, isRefusal } from '../payments/decline.ts'
import type { Shop } from '../shop.ts'
import { ShopError } from '../shop-error.ts'
import { type Customer, findCustomer } from './customers.ts'
import { findByReference, insertOrder } from './order-store.ts'
import type { Order, OrderRequest } from './order.ts'
import { priceLines, takeFromStock } from './stock.ts'
import { abandonOrder, deleteOrder, undoTask } from './undo-order.ts'

/** An order, and whether it is one that the customer had placed before. */
export interface Placed {
  readonly order: Order
  readonly isNew: boolean
}

interface Reserved {
  readonly order: Order
  readonly customer: Customer
  readonly paymentMethod: string
}

/** By when an order is either paid or taken back. */
const undoAfterSeconds = 60

/**
 * Reserves an order, charges it, and has it announced: three steps, each of which can be done again. What comes to a
 * stop in between is taken back by the relay.
 *
 * @throws ShopError when something is unknown or out of stock, or the card is declined; nothing has changed then.
 */
export async function placeOrder(shop: Shop, request: OrderRequest): Promise<Placed> {
  const { database, payments, relay } = shop
  const reserved = await transaction(database, (tx) => reserve(tx, request), { isRepeatable: true })
  const { order, paymentMethod } = reserved
  if (order.status === 'abandoned') {
    throw new ShopError(409, 'order_unclear', 'We are finding out whether it was paid. Please try again in a minute.')
  }
  if (order.status !== 'pending') return { order, isNew: false }

  const charge = { reference: `${order.id}`, amountCents: order.totalCents, paymentMethod }
  const intentId = await payments.charge(charge).catch(async (error: unknown) => {
    await transaction(database, (tx) => takeBack(tx, order.id, error), { isRepeatable: true }).catch(
      (failure: unknown) =>
        log.error('an order could not be taken back, the relay will do it', failure, { orderId: order.id }),
    )
    throw explainDecline(error)
  })
  await transaction(database, (tx) => complete(tx, reserved, intentId), { isRepeatable: true })
  await relay.run()
  return { order: { ...order, status: 'paid' }, isNew: true }
}

/** The order of this request, which may be one that is under way already. */
async function reserve(tx: Queryable, request: OrderRequest): Promise<Reserved> {
  const customer = await findCustomer(tx, request.customerId)
  const lines = await priceLines(tx, request.lines)
  const order = await insertOrder(tx, request, lines)
  if (!order) {
    const known = await findByReference(tx, request.customerId, request.reference)
    if (!known) throw new ShopError(409, 'order_unclear', 'It was taken back just now. Please try again.')
    return { ...known, customer }
  }
  await takeFromStock(tx, lines)
  await putTask(tx, undoTask(order.id), { kind: 'undo', orderId: order.id }, { afterSeconds: undoAfterSeconds })
  return { order, customer, paymentMethod: request.paymentMethod }
}

async function takeBack(tx: Queryable, orderId: number, error: unknown): Promise<void> {
  await abandonOrder(tx, orderId)
  // Otherwise the gateway may have charged it, and the relay is to find out.
  if (isRefusal(error)) await deleteOrder(tx, orderId)
}

async function complete(tx: Queryable, { order, customer }: Reserved, intentId: string): Promise<void> {
  const { rowCount } = await tx.query(`UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'pending'`, [
    order.id,
  ])
  if (rowCount === 0) {
    const { rows } = await tx.query(`SELECT 1 FROM orders WHERE id = $1 AND status = 'paid'`, [order.id])
    if (rows.length > 0) return
    throw new ShopError(409, 'order_unclear', 'It took too long, and was taken back. Please try again.')
  }
  await tx.query(
    'INSERT INTO payments (order_id, intent_id, amount_cents) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [order.id, intentId, order.totalCents],
  )
  await dropTask(tx, undoTask(order.id))
  const event = {
    orderId: order.id,
    reference: order.reference,
    totalCents: order.totalCents,
    customer: { email: customer.email, name: customer.name },
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  }
  await putTask(tx, `announce-${order.id}`, { kind: 'announce', event })
}
