import type { Protocol } from '../core/protocol.ts'
import type { HttpProtocolOptions } from './http/http-protocol.ts'
import type { WebhookProtocolOptions } from './http/webhook/webhook-protocol.ts'
import type { HttpQuestion, HttpReply } from './http/message.ts'
import type { TcpQuestion, TcpReply } from './tcp/message.ts'

/** Every protocol by the name that is written to cassettes; each is loaded when first used, and no other. */
export const protocols: {
  readonly http: (options?: HttpProtocolOptions) => Promise<Protocol<HttpQuestion, HttpReply>>
  readonly tcp: (options?: object) => Promise<Protocol<TcpQuestion, TcpReply>>
  readonly webhook: (options?: WebhookProtocolOptions) => Promise<Protocol<HttpQuestion, HttpReply>>
} = {
  http: async (options) => (await import('./http/http-protocol.ts')).httpProtocol(options),
  webhook: async (options) => (await import('./http/webhook/webhook-protocol.ts')).webhookProtocol(options),
  tcp: async () => (await import('./tcp/tcp-protocol.ts')).tcpProtocol(),
}

/** Name of a protocol of the registry. */
export type ProtocolName = keyof typeof protocols
