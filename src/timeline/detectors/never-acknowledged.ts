import { type TimelineFinding } from '../finding.ts'
import { type DeliveryFacts, endOf, type Moment, type Timeline } from '../moment.ts'
import { testRunningAt } from '../test-running-at.ts'

/** What was delivered less than this before everything ended may still have been worked on, milliseconds. */
const workMs = 1000

interface Delivered {
  readonly moment: Moment
  readonly delivery: DeliveryFacts
  readonly at: number
}

/** Messages that were delivered and never acknowledged, so that the broker brings them again, or stops bringing any. */
export function neverAcknowledged(timeline: Timeline): readonly TimelineFinding[] {
  const { moments, endedAt } = timeline
  const acknowledged = new Set<string>(moments.flatMap((each) => keysIn(each, each.facts.acknowledged)))
  const policies = new Map<string, string>(
    moments.flatMap(({ boundary, facts: { acknowledges } }) =>
      acknowledges ? [[`${boundary} ${acknowledges.consumer}`, acknowledges.policy] as const] : [],
    ),
  )
  const delivered = moments.flatMap((moment) =>
    (moment.facts.delivered ?? []).map((delivery): Delivered => ({ moment, delivery, at: moment.at + delivery.ms })),
  )
  const consumers = Map.groupBy(
    delivered.filter(({ delivery }) => delivery.key !== undefined),
    ({ moment, delivery }) => `${moment.boundary} ${delivery.consumer}`,
  )
  return [...consumers].flatMap(([consumer, messages]) => {
    const isAcknowledged = ({ moment, delivery }: Delivered): boolean =>
      keysIn(moment, [delivery.key!]).some((key) => acknowledged.has(key))
    const last = Math.max(-1, ...messages.filter(isAcknowledged).map(({ delivery }) => delivery.sequence))
    const policy = policies.get(consumer) ?? (messages[0]!.moment.protocol === 'nats' && last < 0 ? 'none' : 'each')
    if (policy === 'none') return []
    const open = messages.filter((each) => {
      if (isAcknowledged(each) || (policy === 'all' && each.delivery.sequence <= last)) return false
      const over = endOf(each.moment)
      // One that others have overtaken may still be worked on, for as long as its subscription lasts.
      return (each.delivery.sequence < last && Number.isFinite(over)) || Math.min(endedAt, over) - each.at >= workMs
    })
    return open.length > 0 ? [report(open, timeline)] : []
  })
}

function keysIn({ boundary }: Moment, keys: readonly string[] = []): readonly string[] {
  return keys.map((key) => `${boundary} ${key}`)
}

function report(open: readonly Delivered[], timeline: Timeline): TimelineFinding {
  const distinct = [...new Map(open.map((each) => [each.delivery.key!, each])).values()]
  const [{ moment, delivery, at }] = distinct as [Delivered]
  const count = distinct.length === 1 ? 'a message' : `${distinct.length} messages`
  return {
    code: 'never-acknowledged',
    severity: 'warning',
    boundary: moment.boundary,
    test: testRunningAt(timeline, at) ?? moment.test,
    title: `${moment.boundary}: ${count} of ${delivery.channel} ${distinct.length === 1 ? 'was' : 'were'} never acknowledged by ${delivery.consumer}`,
    detail: distinct.slice(0, 5).map((each) => `${each.delivery.channel}  ${each.delivery.body.slice(0, 160)}`),
    likeness: `${delivery.consumer} ${delivery.channel}`,
    exchanges: [...new Set(open.map((each) => each.moment.id))],
  }
}
