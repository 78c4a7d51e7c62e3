/** What a customer wants. */
export interface OrderRequest {
  readonly customerId: number
  readonly reference: string
  readonly paymentMethod: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}

export interface OrderLine {
  readonly sku: string
  readonly quantity: number
  readonly unitCents: number
}

export interface Order {
  readonly id: number
  readonly reference: string
  /** `abandoned`: nobody knows whether it was paid; it is found out, and undone. */
  readonly status: 'pending' | 'paid' | 'refunded' | 'abandoned'
  readonly totalCents: number
  readonly lines: readonly OrderLine[]
}
