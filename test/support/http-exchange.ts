import type { Exchange, Timed } from '../../src/core/exchange.ts'
import type { HttpQuestion, HttpReply } from '../../src/protocols/http/message.ts'

/** What an exchange made for a test may differ in. */
export interface ExchangeOptions extends Partial<Omit<Exchange, 'question' | 'messages'>> {
  readonly url?: string
  readonly body?: string | Uint8Array
  readonly requestHeaders?: HttpQuestion['headers']
}

/** An HTTP exchange `GET https://api.example.com/…` answered with 200. */
export function httpExchange(options: ExchangeOptions = {}): Exchange<HttpQuestion, HttpReply> {
  const { url = 'https://api.example.com/things', body = '{"ok":true}', requestHeaders = [], ...rest } = options
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const messages: readonly Timed<HttpReply>[] = [
    { ms: 5, from: 'service', message: { type: 'head', status: 200, reason: 'OK', version: '1.1', headers: [] } },
    { ms: 5, from: 'service', message: { type: 'data', bytes } },
  ]
  return {
    id: 'e1',
    boundary: 'things',
    protocol: 'http',
    operation: 'GET /things',
    effect: false,
    test: null,
    askedAt: Date.UTC(2026, 10, 20),
    durationMs: 5,
    ending: 'complete',
    ...rest,
    question: { method: 'GET', url, version: '1.1', headers: requestHeaders, body: new Uint8Array(), trailers: [] },
    messages,
  }
}

/** The text of an answer's body. */
export function bodyText(exchange: Exchange): string {
  const messages = exchange.messages as readonly Timed<HttpReply>[]
  const pieces = messages.flatMap(({ message }) => (message.type === 'data' ? [message.bytes] : []))
  return Buffer.concat(pieces).toString()
}
