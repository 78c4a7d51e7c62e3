import type { Queryable } from '../database.ts'
import { ShopError } from '../shop-error.ts'
import type { OrderLine, OrderRequest } from './order.ts'

export interface Product {
  readonly sku: string
  readonly name: string
  readonly priceCents: number
  readonly stock: number
}

export async function listProducts(db: Queryable): Promise<Product[]> {
  const { rows } = await db.query<Product>(
    'SELECT sku, name, price_cents AS "priceCents", stock FROM products ORDER BY sku',
  )
  return rows
}

/** Says what is ordered costs, always in the same order. */
export async function priceLines(db: Queryable, wanted: OrderRequest['lines']): Promise<OrderLine[]> {
  const { rows } = await db.query<{ sku: string; price_cents: number }>(
    'SELECT sku, price_cents FROM products WHERE sku = ANY($1)',
    [wanted.map(({ sku }) => sku)],
  )
  const prices = new Map(rows.map((row) => [row.sku, row.price_cents]))
  const sorted = wanted.toSorted((a, b) => a.sku.localeCompare(b.sku))
  return sorted.map(({ sku, quantity }) => {
    const unitCents = prices.get(sku)
    if (unitCents === undefined) throw new ShopError(422, 'unknown_product', `There is no product ${sku}.`)
    return { sku, quantity, unitCents }
  })
}

/** Takes what is ordered off the shelf, in the order of {@link priceLines}, so that two orders cannot wait for one another. */
export async function takeFromStock(tx: Queryable, lines: readonly OrderLine[]): Promise<void> {
  for (const { sku, quantity } of lines) {
    const { rowCount } = await tx.query('UPDATE products SET stock = stock - $2 WHERE sku = $1 AND stock >= $2', [
      sku,
      quantity,
    ])
    if (rowCount === 0) throw new ShopError(409, 'out_of_stock', `There are less than ${quantity} left of ${sku}.`)
  }
}

/** Puts the lines of an order back on the shelf. */
export async function returnToStock(tx: Queryable, orderId: number): Promise<void> {
  const { rows } = await tx.query<{ sku: string; quantity: number }>(
    'SELECT sku, quantity FROM order_lines WHERE order_id = $1 ORDER BY sku',
    [orderId],
  )
  for (const { sku, quantity } of rows) {
    await tx.query('UPDATE products SET stock = stock + $2 WHERE sku = $1', [sku, quantity])
  }
}
