import { createHash } from 'node:crypto'
import type { TestRef } from '../../core/exchange.ts'
import { referenceOf } from '../../matrix/baseline.ts'
import type { Case } from '../../matrix/case.ts'
import { decodeContent } from '../../protocols/http/decode-content.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from '../../protocols/http/message.ts'
import type { Moment } from '../../timeline/moment.ts'
import { shownBody } from './shown-body.ts'

/** An exchange as it is when nothing goes wrong, redacted: what cells of its kind strike. */
export interface ExchangeDocument {
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  /** In which it was seen. */
  readonly test: TestRef
  readonly asked: MessageDocument
  readonly answered: MessageDocument
}

/** One side of an exchange, for people to look at. */
export interface MessageDocument {
  /** `POST https://api.example.com/v1/charges`, `201 Created`, a statement, `1 row`. */
  readonly head: string
  readonly headers: HeaderList
  /** As text, decoded; JSON is laid out. Empty where there is none. */
  readonly body: string
  /** Of the whole body. */
  readonly bytes: number
  /** Lists, texts or the end of it are left out of `body`. */
  readonly shortened?: true
}

/** Exchanges by id, one for all that are alike. */
export interface ExchangeCollection {
  readonly all: Readonly<Record<string, ExchangeDocument>>
  /** Id of the exchange that a cell strikes; `undefined` when nothing of it can be read, or there are too many. */
  idOf(shown: Case): string | undefined
}

/** How many kinds of exchanges are shown. */
const mostExchanges = 300
const mostHeaders = 40

/** Collects what cells strike. */
export function collectExchanges(): ExchangeCollection {
  const all: Record<string, ExchangeDocument> = {}
  let count = 0
  return {
    all,
    idOf(shown) {
      const moment = struckMoment(shown)
      if (!moment) return undefined
      const { boundary, operation, ok, facts } = moment
      const text = JSON.stringify([boundary, operation, facts.http?.status ?? ok])
      const id = createHash('sha256').update(text).digest('hex').slice(0, 10)
      if (all[id] === undefined) {
        const made = count < mostExchanges ? exchangeDocument(moment, shown.cell.test) : undefined
        if (!made) return undefined
        all[id] = made
        count++
      }
      return id
    },
  }
}

/** What a cell strikes, in a clean run; what only the fault before it reveals, as it was then. */
function struckMoment({ cell, baseline, observation }: Case): Moment | undefined {
  const nth = (moments: readonly Moment[]): Moment | undefined =>
    moments.filter(({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation)[
      cell.nth - 1
    ]
  return nth(referenceOf(baseline).moments) ?? nth(observation.moments)
}

function exchangeDocument(moment: Moment, test: TestRef): ExchangeDocument | undefined {
  const { boundary, protocol, operation } = moment
  try {
    const sides =
      protocol === 'http' || protocol === 'webhook' ? (httpSides(moment) ?? plainSides(moment)) : plainSides(moment)
    return { boundary, protocol, operation, test, ...sides }
  } catch {
    // A recording that cannot be read any more has nothing to show.
    return undefined
  }
}

type Sides = Pick<ExchangeDocument, 'asked' | 'answered'>

function httpSides({ exchange, question, answer }: Moment): Sides | undefined {
  const asked = exchange?.question as HttpQuestion | undefined
  if (!asked || !Array.isArray(asked.headers)) return undefined
  const replies = exchange!.messages.map(({ message }) => message as HttpReply)
  const head = replies.find((reply) => reply.type === 'head')
  const bytes = Buffer.concat(replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
  return {
    asked: { head: question, ...headed(asked.headers, asked.body) },
    answered: head
      ? { head: `${head.status} ${head.reason}`.trim(), ...headed(head.headers, bytes) }
      : { head: answer ?? 'no answer', headers: [], body: '', bytes: 0 },
  }
}

function headed(headers: HeaderList, bytes: Uint8Array): Omit<MessageDocument, 'head'> {
  const decoded = decodeContent(bytes, header(headers, 'content-encoding'))
  return { headers: headers.slice(0, mostHeaders), ...shownBody(decoded, header(headers, 'content-type')) }
}

/** Other protocols: what is said of it in a line, and what it carried. */
function plainSides({ question, answer, facts: { sql, published, delivered } }: Moment): Sides {
  const carried = published?.body ?? delivered?.map(({ body }) => body).join('\n')
  const asked = published ? carried : undefined
  return {
    asked: { head: sql?.text ?? question, headers: [], ...shownBody(Buffer.from(asked ?? '')) },
    answered: {
      head: answer ?? 'no answer',
      headers: [],
      ...shownBody(Buffer.from(asked === undefined ? (carried ?? '') : '')),
    },
  }
}
