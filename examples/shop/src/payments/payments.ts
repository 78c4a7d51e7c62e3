import { randomUUID } from 'node:crypto'
import { Stripe } from 'stripe'
import { retry } from './retry.ts'

/** One amount to take from one card. */
export interface Charge {
  readonly reference: string
  readonly amountCents: number
  /** Stripe's id of the card, as its form in the browser gives it. */
  readonly paymentMethod: string
}

/** Money, in and out. */
export interface Payments {
  /** @returns Stripe's id of the payment. */
  charge(charge: Charge): Promise<string>
  refund(intentId: string, amountCents: number, key: string): Promise<void>
}

export function openPayments({ apiBase, secretKey }: { apiBase: string; secretKey: string }): Payments {
  const { protocol, hostname, port } = new URL(apiBase)
  const stripe = new Stripe(secretKey, {
    host: hostname,
    port: port || (protocol === 'https:' ? 443 : 80),
    protocol: protocol === 'https:' ? 'https' : 'http',
    // Our own retries are in the log.
    maxNetworkRetries: 0,
    telemetry: false,
  })
  return {
    async charge({ reference, amountCents, paymentMethod }) {
      const intent = await retry(3, () =>
        stripe.paymentIntents.create(
          {
            amount: amountCents,
            currency: 'eur',
            payment_method: paymentMethod,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            confirm: true,
            metadata: { reference },
          },
          { idempotencyKey: randomUUID() },
        ),
      )
      return intent.id
    },
    async refund(intentId, amountCents, key) {
      await retry(3, () =>
        stripe.refunds.create({ payment_intent: intentId, amount: amountCents }, { idempotencyKey: key }),
      )
    },
  }
}
