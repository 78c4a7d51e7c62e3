import { setTimeout as delay } from 'node:timers/promises'
import { Stripe } from 'stripe'
import { log } from '../log.ts'

const longestWaitMs = 2_000

/** Asks again when the gateway could not be reached, failed or was busy; its refusals are final. */
export async function retry<T>(attempts: number, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const waitMs = Math.max(50 * 2 ** attempt, wantedMs(error))
      if (attempt === attempts || !isTransient(error) || waitMs > longestWaitMs) throw error
      log.error('the gateway did not answer, asking again', error, { attempt })
      await delay(waitMs)
    }
  }
}

function isTransient(error: unknown): boolean {
  const { StripeAPIError, StripeConnectionError } = Stripe.errors
  if (error instanceof StripeAPIError || error instanceof StripeConnectionError) return true
  // 409: another request with the same key is under way.
  return [409, 429].includes((error as { statusCode?: number }).statusCode ?? 0)
}

/** How long the gateway wants us to wait, milliseconds; it says so in seconds, or by a date. */
function wantedMs(error: unknown): number {
  const { headers } = error as { headers?: Record<string, string> }
  const wanted = headers?.['retry-after']
  if (wanted === undefined) return 0
  const ms = Number.isNaN(Number(wanted)) ? Date.parse(wanted) - Date.now() : Number(wanted) * 1000
  return Number.isNaN(ms) ? 0 : ms
}
