import type { Queryable } from '../database.ts'
import type { Order, OrderLine, OrderRequest } from './order.ts'

const columns = 'id, reference, status, total_cents AS "totalCents"'

type OrderRow = Omit<Order, 'lines'>

export async function findOrder(db: Queryable, id: number): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(`SELECT ${columns} FROM orders WHERE id = $1`, [id])
  return rows[0] && withLines(db, rows[0])
}

export async function findByReference(
  db: Queryable,
  customerId: number,
  reference: string,
): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(`SELECT ${columns} FROM orders WHERE customer_id = $1 AND reference = $2`, [
    customerId,
    reference,
  ])
  return rows[0] && withLines(db, rows[0])
}

/** The newest first. */
export async function listOrders(db: Queryable, customerId: number): Promise<Order[]> {
  const { rows } = await db.query<OrderRow>(
    `SELECT ${columns} FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT 50`,
    [customerId],
  )
  const orders: Order[] = []
  for (const row of rows) orders.push(await withLines(db, row))
  return orders
}

export async function insertOrder(
  db: Queryable,
  { customerId, reference }: OrderRequest,
  lines: readonly OrderLine[],
): Promise<Order> {
  const totalCents = lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0)
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO orders (customer_id, reference, status, total_cents) VALUES ($1, $2, 'paid', $3) RETURNING id`,
    [customerId, reference, totalCents],
  )
  const { id } = rows[0]!
  await db.query(
    `INSERT INTO order_lines (order_id, sku, quantity, unit_cents)
     SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::integer[])`,
    [id, lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity), lines.map(({ unitCents }) => unitCents)],
  )
  return { id, reference, status: 'paid', totalCents, lines }
}

async function withLines(db: Queryable, row: OrderRow): Promise<Order> {
  const { rows } = await db.query<OrderLine>(
    'SELECT sku, quantity, unit_cents AS "unitCents" FROM order_lines WHERE order_id = $1 ORDER BY sku',
    [row.id],
  )
  return { ...row, lines: rows }
}
