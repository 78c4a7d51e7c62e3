import type { BoundaryInput, BoundaryOptions } from '../../core/boundary.ts'
import type { HttpQuestion } from './message.ts'

/** Which differences between two requests do not matter, and which headers do. */
export interface HttpMatch {
  /** Headers that take part in matching, by name. Default: none. */
  readonly headers?: readonly string[]
  /**
   * Parts to leave out, as paths: `query.ts`, `headers.x-request-id`, `body.requestId`, `body.items[*].id`, `body`.
   * `*` stands for one name and `[*]` for any index.
   */
  readonly ignore?: readonly string[]
  /** `meaning` (default) compares JSON, forms, multipart and GraphQL by content; `bytes` compares the bytes. */
  readonly body?: 'meaning' | 'bytes'
  /** Rewrites a request before it is compared, for what paths cannot say. Must be pure. */
  readonly normalize?: (question: HttpQuestion) => HttpQuestion
  /** Decides alone, for requests of the same method and path. Must be pure. */
  readonly same?: (asked: HttpQuestion, recorded: HttpQuestion) => boolean
}

/** An HTTP service: HTTP/1.1, HTTP/2, server-sent events and WebSocket. */
export interface HttpBoundaryOptions extends BoundaryOptions {
  /** Scheme, host and port: `https://api.stripe.com`. `https://*.example.com` stands for every subdomain. */
  readonly origin: string
  /** More origins of the same service. */
  readonly aliases?: readonly string[]
  readonly match?: HttpMatch
  /** An OpenAPI file that describes the service; `check` compares the operations exercised with it. */
  readonly contract?: string
}

/** The options of an HTTP boundary as the config holds them. */
export interface HttpBoundaryInput extends HttpBoundaryOptions, BoundaryInput {
  readonly protocol: 'http'
  readonly origin: string
}

/** Declares an HTTP boundary in `defineConfig`. */
export function http(options: HttpBoundaryOptions): HttpBoundaryInput {
  return { ...options, protocol: 'http' }
}
