import { Stripe } from 'stripe'
import { ShopError } from '../shop-error.ts'

/** Turns the bank's no into an answer for the customer. */
export function explainDecline(error: unknown): unknown {
  if (error instanceof Stripe.errors.StripeCardError && error.code === 'card_declined') {
    return new ShopError(402, 'payment_declined', 'The card was declined. Please try another one.')
  }
  return error
}
