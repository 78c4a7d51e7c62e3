import type { Alteration } from '../../core/fault.ts'
import { pause } from '../../core/real-clock.ts'
import type { CatalogueFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import type { ExchangeDocument, MessageDocument } from './exchange-document.ts'
import { shownBody } from './shown-body.ts'

/** What becomes of an exchange under a fault. */
export interface FaultedAnswer {
  /** How often the service sees the question. */
  readonly reached: number
  /** What it sees, where that is not what was asked. */
  readonly asked?: MessageDocument
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
        return { reached: 0, lost: false, answered: nothingBut(`${code}: ${message}`) }
      }
      case 'cut':
        return { reached: 0, lost: true, answered: undefined }
      case 'lose':
        // One that is only late comes.
        if (disturbance.ms !== undefined) return { reached: 1, lost: false, answered: exchange.answered }
        return { reached: 1, lost: true, answered: undefined }
      case 'delay':
        return { reached: 1, lost: false, answered: exchange.answered }
      case 'rewrite': {
        const body = disturbance.to(Buffer.from(exchange.answered.body))
        return body && { reached: 1, lost: false, answered: { ...exchange.answered, ...shownBody(Buffer.from(body)) } }
      }
      case 'alter':
        return altered(disturbance.to, exchange)
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

function altered(to: Alteration, { answered }: ExchangeDocument): FaultedAnswer | undefined {
  if (to === 'nothing') return { reached: 1, lost: false, answered: nothingBut('nothing was found') }
  return to === 'pretended' ? { reached: 0, lost: false, answered } : undefined
}

type Before = Extract<ReturnType<CatalogueFault['arm']>, { readonly before: unknown }>['before']

async function throughPeer(before: Before, { asked, answered }: ExchangeDocument): Promise<FaultedAnswer | undefined> {
  const [method = '', url = ''] = asked.head.split(' ')
  const status = /^(\d{3}) ?(.*)$/s.exec(answered.head)
  if (!status) return undefined
  const seen: HttpQuestion[] = []
  const recorded = async function* (as: HttpQuestion): AsyncGenerator<HttpReply> {
    seen.push(as)
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
  const [first] = seen
  const other = first && first !== question ? { asked: askedOf(first) } : {}
  if (!head) return { reached: seen.length, lost, answered: undefined, ...other }
  const line = `${head.status} ${head.reason}`.trim()
  const given = { head: line, headers: head.headers, ...shownBody(bytes) }
  return { reached: seen.length, lost, answered: given, ...other }
}

function askedOf({ method, url, headers, body }: HttpQuestion): MessageDocument {
  return { head: `${method} ${url}`, headers, ...shownBody(body) }
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
