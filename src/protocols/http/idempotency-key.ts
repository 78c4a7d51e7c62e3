import { header, type HeaderList } from './message.ts'

/** By which a service knows a request again: its idempotency key, or the id of a webhook, which is sent again as it was. */
export function idempotencyKeyOf(headers: HeaderList): string | undefined {
  return header(headers, 'idempotency-key') ?? header(headers, 'webhook-id')
}
