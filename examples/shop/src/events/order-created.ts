/** Says all that consumers need, so that they do not have to ask back. */
export interface OrderCreated {
  readonly orderId: number
  readonly reference: string
  readonly totalCents: number
  readonly customer: { readonly email: string; readonly name: string }
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}

export function readOrderCreated(content: Buffer): OrderCreated {
  const event = JSON.parse(content.toString('utf8')) as OrderCreated
  if (!Number.isInteger(event.orderId) || !event.customer?.email || !Array.isArray(event.lines)) {
    throw new Error('not an orders.created event')
  }
  return event
}
