import type { Protocol } from '../../core/protocol.ts'
import type { HttpMatch } from './boundary.ts'
import { describe } from './describe.ts'
import { createDial } from './dial.ts'
import { createFacets } from './facets.ts'
import { createIdentifier } from './identify.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { httpNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactHttp } from './redact.ts'
import { refuseHttp } from './refuse.ts'
import { createServe } from './serve.ts'
import { listenForFrames, sameFrame } from './websocket-listen.ts'

/** What of a boundary's options changes how its protocol works. */
export interface HttpProtocolOptions {
  readonly match?: HttpMatch
  /** How long the service may take until its next byte, milliseconds (default 30 000). */
  readonly timeoutMs?: number
}

/** HTTP/1.1, HTTP/2, server-sent events and WebSocket. */
export function httpProtocol(options: HttpProtocolOptions = {}): Protocol<HttpQuestion, HttpReply> {
  return {
    name: 'http',
    notation: httpNotation,
    serve: createServe(),
    // A client that cannot read HTTP/2 must not be given an answer that is made for it.
    alpn: (question) => (question.version === '2' ? ['h2', 'http/1.1'] : ['http/1.1']),
    dial: createDial(options.timeoutMs ?? 30_000),
    identify: createIdentifier(options.match),
    facets: createFacets(options.match),
    ...(options.match?.same && { sameQuestion: options.match.same }),
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    same: sameFrame,
    listen: listenForFrames,
    refuse: refuseHttp,
    redact: redactHttp,
  }
}
