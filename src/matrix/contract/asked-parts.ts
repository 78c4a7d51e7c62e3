import type { Exchange } from '../../core/exchange.ts'
import { formatPointer } from '../../core/json-pointer.ts'
import { parsePairs } from '../../protocols/http/pairs.ts'
import type { Moment } from '../../timeline/moment.ts'
import { type Observation, placeOf } from '../observation.ts'

/** The parts of one question that the program sent, by name: `$1`, `body/amount`. */
export type Parts = ReadonlyMap<string, string>

/** A question that the program asked. */
export interface Question {
  readonly moment: Moment
  readonly parts: Parts
}

/** What the program asked, by kind, in order. What its test asks, and what stands in for others, is left out. */
export function questionsIn({ moments, asks }: Observation): ReadonlyMap<string, readonly Question[]> {
  const foreign = new Set(asks.flatMap(({ byTest, byStandIn, place }) => (byTest || byStandIn ? [place + 1] : [])))
  const own = moments.filter(
    (moment) => !foreign.has(placeOf(moment)) && !moment.facts.connect && !moment.facts.incoming,
  )
  const kinds = Map.groupBy(own, ({ boundary, operation }) => `${operation} at ${boundary}`)
  return new Map([...kinds].map(([kind, some]) => [kind, some.map((moment) => ({ moment, parts: partsOf(moment) }))]))
}

function partsOf({ protocol, facts, question, exchange }: Moment): Parts {
  const { http, sql, published } = facts
  if (protocol === 'tcp') return mailParts(exchange)
  if (http) return httpParts(http.url, bodyOf(exchange?.question))
  if (sql) {
    const values = sql.parameters.map((value, i) => [`$${i + 1}`, JSON.stringify(value)] as const)
    return new Map([['text', sql.text], ...values])
  }
  if (published) return new Map([['channel', published.channel], ...textParts(published.body)])
  return new Map(question.split(/\s+/).map((word, i) => [`word ${i + 1}`, word]))
}

/** What was handed over to a mail server, line by line. Of other bytes nobody knows what they say. */
function mailParts(exchange: Exchange | undefined): Parts {
  const sent = (exchange?.messages ?? []).flatMap(({ from, message }) => {
    const { bytes } = message as { readonly bytes?: Uint8Array }
    return from === 'client' && bytes ? [bytes] : []
  })
  const mails = Buffer.concat(sent)
    .toString('utf8')
    .matchAll(/\r\nDATA\r\n(.*?)\r\n\.\r\n/gis)
  const lines = [...mails].flatMap(([, mail = '']) => mail.split('\r\n'))
  const named = lines.map((line, i) => [`line ${i + 1}`, line] as const)
  return new Map(named.filter(([, line]) => !/^(?:Date|Message-ID):|^--/i.test(line)))
}

function httpParts(url: string, body: string): Parts {
  // Where a service is depends on the process; which one it is the boundary says.
  const [path = '', query = ''] = url.replace(/^\w+:\/\/[^/?]*/, '').split('?', 2)
  return new Map([
    ...path.split('/').map((name, i) => [`path/${i}`, name] as const),
    ...parsePairs(query).map(([name, value]) => [`query/${name}`, value] as const),
    ...textParts(body),
  ])
}

/** The body of a question over HTTP as text; empty where there is none. */
export function bodyOf(question: unknown): string {
  const { body } = (question ?? {}) as { readonly body?: unknown }
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : ''
}

/** The values of a body in JSON or of a form, by name, as JSON; any other text is one value. */
export function textParts(text: string): readonly (readonly [string, string])[] {
  try {
    return leavesOf(JSON.parse(text) as unknown, [])
  } catch {
    const isForm = /^[\w.%[\]-]+=[^\s]*$/.test(text)
    return isForm ? parsePairs(text).map(([name, value]) => [`body/${name}`, value]) : [['body', text]]
  }
}

function leavesOf(value: unknown, way: readonly string[]): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[`body${formatPointer(way)}`, JSON.stringify(value)]]
  return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...way, name]))
}
