import { Stripe } from 'stripe'
import { retry } from './retry.ts'

/** One amount to take from one card. */
export interface Charge {
  /** Charged once, however often it is asked for. */
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
  /** The payment under a reference, if there is one. */
  find(reference: string): Promise<{ readonly intentId: string; readonly amountCents: number } | undefined>
}

export function openPayments({ apiBase, secretKey }: { apiBase: string; secretKey: string }): Payments {
  const { protocol, hostname, port } = new URL(apiBase)
  const stripe = new Stripe(secretKey, {
    host: hostname,
    port: port || (protocol === 'https:' ? 443 : 80),
    protocol: protocol === 'https:' ? 'https' : 'http',
    // A customer waits for it.
    timeout: 2_000,
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
          { idempotencyKey: `order-${reference}` },
        ),
      )
      if (intent.status !== 'succeeded') throw new Error(`the payment of order ${reference} is ${intent.status}`)
      return intent.id
    },
    async refund(intentId, amountCents, key) {
      const refund = await retry(3, () =>
        stripe.refunds.create({ payment_intent: intentId, amount: amountCents }, { idempotencyKey: key }),
      )
      if (refund.status !== 'succeeded' && refund.status !== 'pending') {
        throw new Error(`the refund ${key} is ${refund.status}`)
      }
    },
    async find(reference) {
      for (let after: string | undefined; ;) {
        const asked = { limit: 100, ...(after && { starting_after: after }) }
        const { data, has_more: hasMore } = await retry(3, () => stripe.paymentIntents.list(asked))
        const found = data.find((one) => one.metadata['reference'] === reference && one.status === 'succeeded')
        if (found) return { intentId: found.id, amountCents: found.amount }
        const last = data.at(-1)?.id
        // A page that comes again would come for ever.
        if (!hasMore || last === undefined || last === after) return undefined
        after = last
      }
    },
  }
}
