import type { BoundaryInput } from '../../../core/boundary.ts'
import type { Peer } from '../../../core/peer.ts'
import type { HeaderList, HttpQuestion, HttpReply } from '../message.ts'

/** What an HTTP fault strikes. What is left out matches everything. */
export interface HttpFaultMatch {
  /** `POST /v1/charges`; exact, or an expression. */
  readonly operation?: string | RegExp
  /** Only questions that change something, or only those that do not. */
  readonly effect?: boolean
  /** The first one that is struck, counted from 1 among those that match (default 1). */
  readonly nth?: number
  /** How many are struck from there on (default 1). */
  readonly times?: number
}

/** A service on HTTP that misbehaves. Whoever arms it narrows down what it strikes. */
export interface HttpFault {
  /** `reply lost`; shown in reports. */
  readonly name: string
  readonly match: HttpFaultMatch
  /** Whether the service does what it is asked all the same. */
  readonly reaches: boolean
  /** Why it cannot be done to a question; `undefined`: it can. What it cannot be done to is not struck. */
  readonly hindrance?: (question: HttpQuestion, input: BoundaryInput | undefined) => string | undefined
  /**
   * Stands before the service.
   *
   * @param disarmed - Aborted when what it holds back is to be let go.
   * @param input - The boundary as the config has it; left out where that is not known.
   */
  readonly before: (
    peer: Peer<HttpQuestion, HttpReply>,
    disarmed: AbortSignal,
    input?: BoundaryInput,
  ) => Peer<HttpQuestion, HttpReply>
}

/** A connection that is lost. */
export function lostConnection(): HttpReply {
  return { type: 'failure', failure: 'reset', message: 'read ECONNRESET' }
}

/** An answer that is whole. */
export function wholeAnswer(
  { version, method }: HttpQuestion,
  status: number,
  reason: string,
  { headers = [], body = '' }: { readonly headers?: HeaderList; readonly body?: string } = {},
): HttpReply[] {
  const bytes = method === 'HEAD' || status === 204 ? Buffer.alloc(0) : Buffer.from(body)
  const length: HeaderList = status === 204 ? [] : [['content-length', String(Buffer.byteLength(body))]]
  const head: HttpReply = { type: 'head', status, reason, version, headers: [...headers, ...length] }
  return bytes.length > 0 ? [head, { type: 'data', bytes }] : [head]
}

/** Everything that a service answers, awaited. A failure of its own is among it. */
export async function collect(answer: AsyncIterable<HttpReply>): Promise<HttpReply[]> {
  const replies: HttpReply[] = []
  for await (const reply of answer) replies.push(reply)
  return replies
}
