import { Stripe } from 'stripe'
import { ShopError } from '../shop-error.ts'

/** Turns the bank's no into an answer for the customer. */
export function explainDecline(error: unknown): unknown {
  if (error instanceof Stripe.errors.StripeCardError) {
    return new ShopError(402, 'payment_declined', 'The card was declined. Please try another one.')
  }
  return error
}

/** Whether the gateway has said no, so that nothing was charged for certain. */
export function isRefusal(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number }
  return statusCode !== undefined && [400, 401, 402, 403, 404, 429].includes(statusCode)
}
