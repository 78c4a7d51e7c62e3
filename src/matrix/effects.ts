import type { Exchange } from '../core/exchange.ts'
import { bodyOf, textParts } from './contract/asked-parts.ts'
import { endsOneThing } from './ending.ts'
import { mostText, tellingValues } from './stand-ins.ts'
import { transactionsOf } from '../timeline/transactions.ts'
import type { Moment } from '../timeline/moment.ts'
import type { Ask, Observation } from './observation.ts'
import { placeOf } from './observation.ts'

/** A change of state on the other side that took place for good. */
export interface Effect {
  readonly boundary: string
  readonly operation: string
  readonly kind: 'http' | 'sql' | 'publish' | 'mail' | 'ack' | 'cache'
  /** Equal ones at one operation are one and the same effect. */
  readonly key?: string
  /** Done twice, it is as if done once. */
  readonly repeatable: boolean
  /** Place of the question that caused it. */
  readonly place: number
  /** Of SQL, the statement with its values. */
  readonly said?: string
  /** Of what is sent over HTTP, and of messages: by what it can be known elsewhere, each value once. */
  readonly values?: readonly string[]
}

/** What has to be known besides the moments. */
export interface EffectOptions {
  readonly asks?: readonly Ask[]
  /** Id of the moment whose answer a fault took away, though the service had done it. */
  readonly doneThough?: string
}

const outbox = /outbox|jobs?\b|_queue\b|tasks?\b/i

/** The committed changes of state that the moments show, each once. */
export function effectsOf(moments: readonly Moment[], options: EffectOptions = {}): readonly Effect[] {
  const committed = committedWrites(moments, options.doneThough)
  const asks = new Map((options.asks ?? []).map((ask) => [ask.place, ask]))
  const resent = resentLater(moments)
  const found = moments.flatMap((moment): Effect[] => {
    const ask = asks.get(placeOf(moment) - 1)
    if (ask?.byTest || ask?.byStandIn || resent.has(moment.id)) return []
    return [
      ...httpEffect(moment, ask),
      ...(committed.has(moment.id) ? sqlEffect(moment) : []),
      ...publishEffect(moment, options.doneThough),
      ...ackEffects(moment),
      ...mailEffects(moment),
      ...cacheEffect(moment, options.doneThough),
    ]
  })
  const seen = new Set<string>()
  return found.filter(({ boundary, operation, key }) => {
    if (key === undefined) return true
    const whole = `${boundary}\0${operation}\0${key}`
    return !seen.has(whole) && seen.add(whole)
  })
}

/** Those of a whole run, and of the job behind it. @returns The latter also by themselves. */
export function effectsOfRun(
  { moments, asks, settled }: Pick<Observation, 'moments' | 'asks' | 'settled'>,
  doneThough?: string,
): { readonly all: readonly Effect[]; readonly settled: readonly Effect[] } {
  const options = { ...(doneThough !== undefined && { doneThough }) }
  const own = effectsOf(moments, { asks, ...options })
  if (!settled) return { all: own, settled: [] }
  const all = effectsOf([...moments, ...settled.moments], { asks: [...asks, ...settled.asks], ...options })
  return { all, settled: all.slice(own.length) }
}

/** Whether an effect is a note to do something later. */
export function isDeferred({ kind, operation }: Effect): boolean {
  return kind === 'sql' && operation.startsWith('INSERT') && outbox.test(operation)
}

function httpEffect(moment: Moment, ask: Ask | undefined): Effect[] {
  const {
    boundary,
    operation,
    effect,
    ok,
    exchange,
    ending,
    facts: { http, failure },
  } = moment
  // Who has said that it is done has done it, though the rest of the answer was lost.
  const isCutOff = failure !== undefined || ending === 'abandoned'
  const isDone = ok === true || (isCutOff && Math.trunc((http?.status ?? 0) / 100) === 2)
  if (!http || !effect || !isDone || changesNothing(operation)) return []
  const body = bodyOf(exchange?.question)
  const key = (ask ? ask.key : http.idempotencyKey) ?? keyIn(body)
  // What sets fields sets them once more to the same.
  const isSetting = http.method === 'PATCH' && body.startsWith('{')
  const repeatable = http.repeatable || isSetting || endsOneThing(operation)
  const same = key ?? (repeatable ? http.sent : undefined)
  return [
    {
      boundary,
      operation,
      kind: 'http',
      repeatable,
      place: placeOf(moment),
      values: tellingValues(body),
      ...(same !== undefined && { key: same }),
    },
  ]
}

/** A POST by whose name something is only looked up, or somebody proves who they are. */
function changesNothing(operation: string): boolean {
  return /^POST .*\/_?(?:m?search|query|lookup|introspect|tokens?|login)$/i.test(operation)
}

/** The idempotency key in a body, where that is its place. */
function keyIn(body: string): string | undefined {
  if (body.length > mostText) return undefined
  const named = textParts(body).find(([name]) => /^body\/?idempotency[_-]?key$/i.test(name))
  return named?.[1]
}

const writing = /^(?:INSERT|UPDATE|DELETE|MERGE|REPLACE|COPY|CALL|TRUNCATE)\b/i
const nothing = /^(?:INSERT 0|UPDATE|DELETE|MERGE|COPY) 0$|^0 affected$/
const relative = /\b([a-z_]\w*)"?\s*=\s*(?:[a-z_]\w*\.)?"?\1"?\s*(?:[-+*/]|\|\|)/i

function sqlEffect({ id, boundary, operation, facts: { sql } }: Moment): Effect[] {
  if (!sql || !sql.verbs.some((verb) => writing.test(verb)) || nothing.test(sql.done)) return []
  const inserts = sql.verbs.includes('INSERT') && !/\bON CONFLICT\b|\bON DUPLICATE KEY\b/i.test(sql.text)
  const place = placeOf({ id } as Moment)
  const said = JSON.stringify([sql.text, sql.parameters])
  return [{ boundary, operation, kind: 'sql', repeatable: !inserts && !relative.test(sql.text), place, said }]
}

/** Ids of the statements whose transaction was committed, and of those outside of any that were done. */
function committedWrites(moments: readonly Moment[], doneThough: string | undefined): ReadonlySet<string> {
  const inside = new Set<string>()
  const committed = new Set<string>()
  for (const { statements, outcome } of transactionsOf(moments)) {
    for (const { id } of statements) inside.add(id)
    if (outcome !== 'committed' && statements.at(-1)?.id !== doneThough) continue
    for (const { id, ok } of statements) if (ok === true) committed.add(id)
  }
  for (const { id, ok, facts } of moments) {
    if (facts.sql && !inside.has(id) && (ok === true || id === doneThough)) committed.add(id)
  }
  return committed
}

function publishEffect(moment: Moment, doneThough: string | undefined): Effect[] {
  const { id, boundary, operation, facts } = moment
  if (!facts.published) return []
  if ((facts.error || facts.failure) && id !== doneThough) return []
  const key = messageIdOf(moment.exchange)
  const place = placeOf(moment)
  const values = tellingValues(facts.published.body)
  return [{ boundary, operation, kind: 'publish', repeatable: false, place, values, ...(key !== undefined && { key }) }]
}

/**
 * Ids of messages over MQTT whose answer was lost, and which their client has sent once more on its next connection, as
 * the protocol has it do: both are one.
 */
function resentLater(moments: readonly Moment[]): ReadonlySet<string> {
  const published = moments.filter(({ protocol, facts }) => protocol === 'mqtt' && facts.published)
  const lost = published.filter((one, i) => {
    if (!one.facts.failure) return false
    return published.slice(i + 1).some((later) => clientOf(later) === clientOf(one) && isSameMessage(later, one))
  })
  return new Set(lost.map(({ id }) => id))
}

function clientOf({ exchange }: Moment): unknown {
  return (exchange?.question as { clientId?: unknown } | undefined)?.clientId
}

function isSameMessage(a: Moment, b: Moment): boolean {
  const isSame = a.boundary === b.boundary && a.facts.published?.channel === b.facts.published?.channel
  return isSame && a.facts.session !== b.facts.session && a.facts.published?.body === b.facts.published?.body
}

/** By which a consumer can know a message again. */
function messageIdOf(exchange: Exchange | undefined): string | undefined {
  const question = exchange?.question as { properties?: { messageId?: unknown }; headers?: unknown } | undefined
  const id = question?.properties?.messageId
  if (typeof id === 'string' && id !== '') return id
  return typeof question?.headers === 'string' ? /^Nats-Msg-Id:\s*(\S+)/im.exec(question.headers)?.[1] : undefined
}

/** What a consumer says of a message, over AMQP or JetStream. */
interface Settlement {
  readonly type?: string
  readonly how?: string
  readonly ack?: string
  readonly stream?: string
  readonly sequence?: number
}

function ackEffects(moment: Moment): Effect[] {
  const { boundary, operation, facts, exchange } = moment
  const messages = (exchange?.messages ?? []).map(({ message }) => message as Settlement)
  if (messages.some(({ type, how }) => type === 'settle' && how !== 'ack')) return []
  // Of what JetStream delivers, the subscription has them all.
  const settled = messages.filter(({ type, ack }) => type === 'ack' && ack !== undefined)
  const taken = new Set(settled.flatMap((one) => (one.ack === '+ACK' ? [`${one.stream} ${one.sequence}`] : [])))
  const acknowledged = (facts.acknowledged ?? []).filter((key) => settled.length === 0 || taken.has(key))
  return acknowledged.map((key) => ({
    boundary,
    operation: `ACK of ${operation}`,
    kind: 'ack',
    key,
    repeatable: true,
    place: placeOf(moment),
  }))
}

/** What was handed over to a mail server: SMTP takes each mail with a line that has only a dot. */
function mailEffects(moment: Moment): Effect[] {
  const { boundary, protocol, exchange } = moment
  if (protocol !== 'tcp' || !exchange) return []
  const sent = (from: 'client' | 'service'): string =>
    Buffer.concat(
      exchange.messages.flatMap((each) => {
        const { bytes } = each.message as { bytes?: Uint8Array }
        return each.from === from && bytes ? [bytes] : []
      }),
    ).toString('latin1')
  if (!/^220[ -]/.test(sent('service'))) return []
  const mails = sent('client').match(/\r\n\.\r\n/g) ?? []
  const taken = Math.min(mails.length, sent('service').match(/^354[ -]/gm)?.length ?? 0)
  const mail = { boundary, operation: 'MAIL', kind: 'mail', repeatable: false, place: placeOf(moment) } as const
  return Array.from({ length: taken }, () => mail)
}

function cacheEffect(
  { id, boundary, protocol, operation, effect, ok, facts }: Moment,
  done: string | undefined,
): Effect[] {
  if (protocol !== 'redis' || !effect || facts.published || (ok !== true && id !== done)) return []
  const pushes = /^(?:[LR]PUSHX?|INCR|DECR|INCRBY|DECRBY|HINCRBY|ZINCRBY)\b/.test(operation)
  const place = placeOf({ id } as Moment)
  return [{ boundary, operation, kind: 'cache', repeatable: !pushes, place }]
}
