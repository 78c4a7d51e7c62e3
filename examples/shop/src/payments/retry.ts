import { setTimeout as delay } from 'node:timers/promises'
import { Stripe } from 'stripe'
import { log } from '../log.ts'

/** Asks again when the gateway could not be reached or failed; its refusals are final. */
export async function retry<T>(attempts: number, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error
      log.error('the gateway did not answer, asking again', error, { attempt })
      await delay(50 * 2 ** attempt)
    }
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeAPIError
}
