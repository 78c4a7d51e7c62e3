import type { Queryable } from '../database.ts'
import type { Order, OrderLine, OrderRequest } from './order.ts'

const columns = 'id, reference, status, total_cents AS "totalCents"'

type OrderRow = Omit<Order, 'lines'>

export async function findOrder(db: Queryable, id: number): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(`SELECT ${columns} FROM orders WHERE id = $1`, [id])
  return (await withLines(db, rows))[0]
}

export async function findByReference(
  db: Queryable,
  customerId: number,
  reference: string,
): Promise<{ readonly order: Order; readonly paymentMethod: string } | undefined> {
  const { rows } = await db.query<OrderRow & { paymentMethod: string }>(
    `SELECT ${columns}, payment_method AS "paymentMethod" FROM orders WHERE customer_id = $1 AND reference = $2`,
    [customerId, reference],
  )
  if (!rows[0]) return undefined
  const { paymentMethod, ...row } = rows[0]
  return { order: (await withLines(db, [row]))[0]!, paymentMethod }
}

/** The newest first. */
export async function listOrders(db: Queryable, customerId: number): Promise<Order[]> {
  const { rows } = await db.query<OrderRow>(
    `SELECT ${columns} FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT 50`,
    [customerId],
  )
  return withLines(db, rows)
}

/** @returns `undefined` when the customer has an order of this reference. */
export async function insertOrder(
  db: Queryable,
  { customerId, reference, paymentMethod }: OrderRequest,
  lines: readonly OrderLine[],
): Promise<Order | undefined> {
  const totalCents = lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0)
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO orders (customer_id, reference, payment_method, status, total_cents)
     VALUES ($1, $2, $3, 'pending', $4) ON CONFLICT (customer_id, reference) DO NOTHING RETURNING id`,
    [customerId, reference, paymentMethod, totalCents],
  )
  if (!rows[0]) return undefined
  const { id } = rows[0]
  await db.query(
    `INSERT INTO order_lines (order_id, sku, quantity, unit_cents)
     SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::integer[])`,
    [id, lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity), lines.map(({ unitCents }) => unitCents)],
  )
  return { id, reference, status: 'pending', totalCents, lines }
}

async function withLines(db: Queryable, orders: readonly OrderRow[]): Promise<Order[]> {
  if (orders.length === 0) return []
  const { rows } = await db.query<OrderLine & { orderId: number }>(
    `SELECT order_id AS "orderId", sku, quantity, unit_cents AS "unitCents"
     FROM order_lines WHERE order_id = ANY($1) ORDER BY sku`,
    [orders.map(({ id }) => id)],
  )
  return orders.map((order) => ({
    ...order,
    lines: rows.flatMap(({ orderId, ...line }) => (orderId === order.id ? [line] : [])),
  }))
}
