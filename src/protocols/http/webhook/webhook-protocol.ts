import type { Protocol } from '../../../core/protocol.ts'
import { httpProtocol } from '../http-protocol.ts'
import type { HttpQuestion, HttpReply } from '../message.ts'

/** What of a webhook's options changes how its protocol works. */
export interface WebhookProtocolOptions {
  readonly path?: string
  readonly timeoutMs?: number
}

/** HTTP as it comes in. A delivery changes nothing on the sender's side, whatever its method; its path is the declared one. */
export function webhookProtocol({ path, ...options }: WebhookProtocolOptions = {}): Protocol<HttpQuestion, HttpReply> {
  const http = httpProtocol(options)
  return {
    ...http,
    name: 'webhook',
    describe(question) {
      const name = path === undefined ? http.describe(question).name : `${question.method} ${path}`
      return { name, effect: false }
    },
  }
}
