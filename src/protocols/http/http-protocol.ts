import type { Operation, Protocol } from '../../core/protocol.ts'
import type { HttpMatch } from './boundary.ts'
import { describe } from './describe.ts'
import type { Contract } from './contract.ts'
import { createDial } from './dial.ts'
import { createFacets } from './facets.ts'
import { createIdentifier } from './identify.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { httpNotation } from './notation.ts'
import { isEndless, outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactHttp } from './redact.ts'
import { refuseHttp } from './refuse.ts'
import { createServe } from './serve.ts'
import { listenForFrames, sameFrame } from './websocket-listen.ts'

/** What of a boundary's options changes how its protocol works. */
export interface HttpProtocolOptions {
  readonly match?: HttpMatch
  /** How long the service may take until its next byte, milliseconds (default 30 000). */
  readonly timeoutMs?: number
  /** Names operations by the paths of a contract; what it does not have is guessed. */
  readonly operations?: Contract
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
    describe: options.operations ? describeBy(options.operations) : describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    endless: isEndless,
    same: sameFrame,
    listen: listenForFrames,
    refuse: refuseHttp,
    redact: redactHttp,
  }
}

function describeBy(contract: Contract): (question: HttpQuestion) => Operation {
  return (question) => {
    const guessed = describe(question)
    const name = contract.operationOf(question.method, question.url)
    return name === undefined ? guessed : { ...guessed, name }
  }
}
