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

/** Takes what is ordered off the shelf, and says what it costs. */
export async function takeFromStock(db: Queryable, wanted: OrderRequest['lines']): Promise<OrderLine[]> {
  const { rows } = await db.query<{ sku: string; price_cents: number; stock: number }>(
    'SELECT sku, price_cents, stock FROM products WHERE sku = ANY($1)',
    [wanted.map(({ sku }) => sku)],
  )
  const products = new Map(rows.map((row) => [row.sku, row]))
  const lines: OrderLine[] = []
  // Always in the same order, so that two orders cannot wait for one another.
  for (const { sku, quantity } of wanted.toSorted((a, b) => a.sku.localeCompare(b.sku))) {
    const product = products.get(sku)
    if (!product) throw new ShopError(422, 'unknown_product', `There is no product ${sku}.`)
    if (product.stock < quantity) throw new ShopError(409, 'out_of_stock', `Only ${product.stock} left of ${sku}.`)
    await db.query('UPDATE products SET stock = $2 WHERE sku = $1', [sku, product.stock - quantity])
    lines.push({ sku, quantity, unitCents: product.price_cents })
  }
  return lines
}
