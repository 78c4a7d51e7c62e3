import type { Exchange } from '../../core/exchange.ts'
import { formatPointer } from '../../core/json-pointer.ts'
import { parsePairs } from '../../protocols/http/pairs.ts'
import type { Moment } from '../../timeline/moment.ts'
import type { Baseline } from '../baseline.ts'
import { type Observation, placeOf } from '../observation.ts'

/** The parts of one question that the program sent, by name: `$1`, `body/amount`. */
type Parts = ReadonlyMap<string, string>

/**
 * What the program asked of other services otherwise than in clean runs: more or fewer questions of one kind, or other
 * values in them. What differs between clean runs, and what looks as if it were made anew each time, is compared by its
 * form only.
 *
 * @returns In words, `undefined` when there is nothing.
 */
export function differenceIn({ runs }: Baseline, observation: Observation): string | undefined {
  const clean = runs.map(questionsIn)
  const faulted = questionsIn(observation)
  const kinds = new Set([...clean.flatMap((run) => [...run.keys()]), ...faulted.keys()])
  for (const kind of kinds) {
    const usual = clean.map((run) => run.get(kind) ?? [])
    const now = faulted.get(kind) ?? []
    const [first] = usual
    // How often it is asked depends on chance.
    if (usual.some(({ length }) => length !== first!.length)) continue
    if (now.length !== first!.length) return `${kind} was asked ${now.length} times instead of ${first!.length}`
    for (const [i, parts] of now.entries()) {
      const other = otherPart(
        usual.map((run) => run[i]!),
        parts,
      )
      if (other !== undefined) return `${kind} was asked with another ${other}`
    }
  }
  return undefined
}

function otherPart(usual: readonly Parts[], now: Parts): string | undefined {
  const names = new Set([...usual.flatMap((parts) => [...parts.keys()]), ...now.keys()])
  return [...names].find((name) => {
    const values = usual.map((parts) => parts.get(name))
    const value = now.get(name)
    if (values.includes(value)) return false
    const varies = values.some((one) => one !== values[0])
    return !values.some((one) =>
      varies || isMadeAnew(one, values.length) ? formOf(one) === formOf(value) : one === value,
    )
  })
}

const madeAnew: readonly RegExp[] = [
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
  // Seconds and milliseconds since the epoch.
  /^1\d{9}(?:\d{3})?(?:\.\d+)?$/,
  /^(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}$/i,
  /^(?=.*\d.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}={0,2}$/,
]

/** Whether a value looks as if it were another one each time, though it was the same in some clean runs. */
function isMadeAnew(json: string | undefined, runs: number): boolean {
  const text = bare(json ?? '')
  return madeAnew.some((pattern) => pattern.test(text)) || (runs === 1 && /\d/.test(text))
}

/** What kind of value it is, as far as values say that are made anew each time. */
function formOf(json: string | undefined): string {
  if (json === undefined) return 'nothing'
  const text = bare(json)
  if (/^(?:|null|undefined|NaN|true|false|\[object \w+\])$/.test(text)) return text
  const type = json === text ? '' : 'text of '
  return `${type}${/^-?\d+(?:\.\d+)?$/.test(text) ? 'a number' : 'letters'}`
}

/** Without the quotes of JSON. */
function bare(json: string): string {
  return json.replace(/^"(.*)"$/s, '$1')
}

/** What the program asked, by kind, in order. What its test asks, and what stands in for others, is left out. */
function questionsIn({ moments, asks }: Observation): ReadonlyMap<string, readonly Parts[]> {
  const foreign = new Set(asks.flatMap(({ byTest, byStandIn, place }) => (byTest || byStandIn ? [place + 1] : [])))
  const own = moments.filter(
    (moment) => !foreign.has(placeOf(moment)) && !moment.facts.connect && !moment.facts.incoming,
  )
  const kinds = Map.groupBy(own, ({ boundary, operation }) => `${operation} at ${boundary}`)
  return new Map([...kinds].map(([kind, some]) => [kind, some.map(partsOf)]))
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

function bodyOf(question: unknown): string {
  const { body } = (question ?? {}) as { readonly body?: unknown }
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : ''
}

function textParts(text: string): readonly (readonly [string, string])[] {
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
