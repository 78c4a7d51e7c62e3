import type { Moment } from '../../timeline/moment.ts'
import { type Case, isHard } from '../case.ts'
import { type Observation, placeOf, stepAt } from '../observation.ts'

/** A message that the program acknowledged before it had dealt with it. */
export interface EarlyAck {
  /** The line that acknowledges, where that is known. */
  readonly site: string | undefined
}

/**
 * Finds in a clean run that the message which led to what was struck was acknowledged before that was answered, and
 * before anything else was done for it. The order is that of the program: a fault may change who is first. One such run
 * is enough: a client may write an acknowledgement later than it is told to, and never sooner.
 */
export function earlyAck(shown: Case): EarlyAck | undefined {
  const found = shown.baseline.runs.flatMap((clean) => earlyAckIn(clean, shown) ?? [])
  return found.find(({ site }) => site !== undefined) ?? found[0]
}

function earlyAckIn(clean: Observation, { cell, baseline }: Case): EarlyAck | undefined {
  const struck = clean.moments.filter(
    ({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation,
  )[cell.nth - 1]
  if (!struck || struck.durationMs === null) return undefined
  const answeredAt = struck.at + struck.durationMs
  const brought = clean.moments
    .flatMap(messagesIn)
    .filter(({ at, moment }) => at <= struck.at && moment !== struck)
    .toSorted((a, b) => a.at - b.at)
    .at(-1)
  if (brought?.ackedAt === undefined || brought.ackedAt >= answeredAt) return undefined
  const { at, ackedAt, moment } = brought
  const places = new Set(baseline.effects.filter(isHard).map(({ place }) => place))
  const isDealtWith = clean.moments.some(
    (one) => places.has(placeOf(one)) && one.at >= at && one.at + (one.durationMs ?? 0) <= ackedAt,
  )
  // What the test does later on is not of a message that came long before. A subscription of JetStream is long before all that it brings.
  const isApart = moment.facts.incoming === true && stepAt(clean, placeOf(struck)) - stepAt(clean, placeOf(moment)) > 1
  return isDealtWith || isApart ? undefined : { site: moment.endSite }
}

interface Brought {
  readonly moment: Moment
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly ackedAt: number | undefined
}

/** What a broker has told, as far as it says when something was acknowledged: over AMQP, and over JetStream. */
interface Said {
  readonly type?: string
  readonly how?: string
  readonly ack?: string
  readonly stream?: string
  readonly sequence?: number
}

/** The messages that an exchange brought. A delivery over AMQP is one of its own, and of JetStream all are in one. */
function messagesIn(moment: Moment): readonly Brought[] {
  const { facts, exchange, at } = moment
  const acks = (exchange?.messages ?? []).flatMap(({ ms, message }): { ms: number; key?: string }[] => {
    const { type, how, ack, stream, sequence } = message as Said
    if (type === 'settle' && how === 'ack') return [{ ms }]
    return type === 'ack' && ack === '+ACK' ? [{ ms, key: `${stream} ${sequence}` }] : []
  })
  return (facts.delivered ?? []).flatMap(({ key, ms }) => {
    if (key === undefined) return []
    const acked = acks.find((one) => one.key === undefined || one.key === key)
    return [{ moment, at: at + ms, ackedAt: acked && at + acked.ms }]
  })
}
