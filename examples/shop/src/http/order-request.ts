import type { OrderRequest } from '../orders/order.ts'
import { ShopError } from '../shop-error.ts'

/** Checks an order as it came from outside. */
export function readOrderRequest(body: Record<string, unknown>): OrderRequest {
  const { customerId, reference, paymentMethod, lines } = body
  if (!Number.isInteger(customerId)) throw invalid('customerId')
  if (typeof reference !== 'string' || reference === '') throw invalid('reference')
  if (typeof paymentMethod !== 'string' || paymentMethod === '') throw invalid('paymentMethod')
  if (!Array.isArray(lines) || lines.length === 0 || !lines.every(isLine)) throw invalid('lines')
  const skus = new Set(lines.map(({ sku }) => sku))
  if (skus.size < lines.length) throw new ShopError(422, 'invalid_order', 'A product is there twice.')
  return { customerId: customerId as number, reference, paymentMethod, lines }
}

function isLine(line: unknown): line is OrderRequest['lines'][number] {
  const { sku, quantity } = (line ?? {}) as { sku?: unknown; quantity?: unknown }
  return typeof sku === 'string' && Number.isInteger(quantity) && (quantity as number) > 0
}

function invalid(field: string): ShopError {
  return new ShopError(422, 'invalid_order', `\`${field}\` is missing or wrong.`)
}
