import { pause } from '../../core/real-clock.ts'
import type { CatalogueFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import type { ExchangeDocument, MessageDocument } from './exchange-document.ts'
import { shownBody } from './shown-body.ts'

/** What the program gets under a fault in place of what was recorded. */
export interface FaultedAnswer {
  /** Whether the service sees the question. */
  readonly reached: boolean
  /** `undefined`: nothing of it comes. */
  readonly answered: MessageDocument | undefined
  /** The connection is lost, before the answer or within it. */
  readonly lost: boolean
}

/** No fault takes this long over an answer that is there; one that does is not shown. */
const patienceMs = 500

/**
 * Lets a fault loose on an exchange as it was recorded, and gives what comes out: the same as in the test, as it is
 * the same fault.
 *
 * @returns `undefined` where this cannot be known
 */
export async function faultedAnswer(
  { operation, nth, detail }: Cell,
  fault: CatalogueFault,
  exchange: ExchangeDocument,
): Promise<FaultedAnswer | undefined> {
  try {
    const armed = fault.arm({ operation, nth }, detail)
    if ('before' in armed) return await throughPeer(armed.before, exchange)
    const { disturbance } = armed
    switch (disturbance.do) {
      case 'refuse': {
        const { code, message } = disturbance.error
        return { reached: false, lost: false, answered: nothingBut(`${code}: ${message}`) }
      }
      case 'cut':
        return { reached: false, lost: true, answered: undefined }
      case 'lose':
        return { reached: true, lost: true, answered: undefined }
      case 'delay':
        return { reached: true, lost: false, answered: exchange.answered }
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

type Before = Extract<ReturnType<CatalogueFault['arm']>, { readonly before: unknown }>['before']

async function throughPeer(before: Before, { asked, answered }: ExchangeDocument): Promise<FaultedAnswer | undefined> {
  const [method = '', url = ''] = asked.head.split(' ')
  const status = /^(\d{3}) ?(.*)$/s.exec(answered.head)
  if (!status) return undefined
  let reached = false
  const recorded = async function* (): AsyncGenerator<HttpReply> {
    reached = true
    const bytes = Buffer.from(answered.body)
    const headers = answered.headers.map(([name, value]): readonly [string, string] =>
      /^content-length$/i.test(name) ? [name, String(bytes.length)] : [name, value],
    )
    yield { type: 'head', status: Number(status[1]), reason: status[2]!, version: '1.1', headers: plain(headers) }
    if (bytes.length > 0) yield { type: 'data', bytes }
  }
  const question = {
    method,
    url,
    version: '1.1',
    headers: asked.headers,
    body: Buffer.from(asked.body),
    trailers: [],
  } satisfies HttpQuestion
  // Who waits for ever is told at once that nobody listens any more.
  const replies = collect(before(recorded, new AbortController().signal)(question, AbortSignal.abort()))
  replies.catch(() => {})
  const over = new AbortController()
  const got = await Promise.race([replies, pause(patienceMs, over.signal).then(() => undefined)])
  over.abort()
  if (!got) return undefined
  const head = got.find((reply) => reply.type === 'head')
  const lost = got.some((reply) => reply.type === 'failure')
  const bytes = Buffer.concat(got.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
  if (!head) return { reached, lost, answered: undefined }
  const line = `${head.status} ${head.reason}`.trim()
  return { reached, lost, answered: { head: line, headers: head.headers, ...shownBody(bytes) } }
}

function nothingBut(head: string): MessageDocument {
  return { head, headers: [], body: '', bytes: 0 }
}

/** What is shown is decoded already. */
function plain(headers: ExchangeDocument['answered']['headers']): ExchangeDocument['answered']['headers'] {
  return headers.filter(([name]) => !/^(?:content-encoding|transfer-encoding)$/i.test(name))
}

async function collect(answer: AsyncIterable<HttpReply>): Promise<readonly HttpReply[]> {
  const replies: HttpReply[] = []
  for await (const reply of answer) replies.push(reply)
  return replies
}
