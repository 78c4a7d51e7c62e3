import { header, type HeaderList } from './message.ts'

/** Names of headers that services know requests by, and of webhooks. */
const names = ['idempotency-key', 'x-idempotency-key', 'paypal-request-id', 'webhook-id']

/** By which a service knows a request again: its idempotency key, or the id of a webhook, which is sent again as it was. */
export function idempotencyKeyOf(headers: HeaderList): string | undefined {
  return names.map((name) => header(headers, name)).find((key) => key !== undefined)
}
