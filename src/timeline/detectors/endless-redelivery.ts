import type { TimelineFinding } from '../finding.ts'
import type { DeliveryFacts, Moment, Timeline } from '../moment.ts'
import { testRunningAt } from '../test-running-at.ts'

/** Nobody who wants a message to be tried again some times tries it as often as that within one run. */
const often = 20

/** A message that is given back at once and brought again, over and over: what can never be dealt with blocks the rest. */
export function endlessRedelivery(timeline: Timeline): readonly TimelineFinding[] {
  const again = timeline.moments.flatMap((moment) =>
    (moment.facts.delivered ?? []).filter((delivery) => delivery.again).map((delivery) => ({ moment, delivery })),
  )
  const groups = Map.groupBy(
    again,
    ({ moment, delivery: { consumer, channel, body } }) => `${moment.boundary}\n${consumer}\n${channel}\n${body}`,
  )
  return [...groups.values()].flatMap(([first, ...others]) =>
    first && others.length + 1 >= often ? [report(first, others.length + 1, timeline)] : [],
  )
}

function report(
  { moment, delivery }: { readonly moment: Moment; readonly delivery: DeliveryFacts },
  count: number,
  timeline: Timeline,
): TimelineFinding {
  const { channel, consumer, body, ms } = delivery
  return {
    code: 'endless-redelivery',
    severity: 'warning',
    boundary: moment.boundary,
    test: testRunningAt(timeline, moment.at + ms) ?? moment.test,
    title: `${moment.boundary}: a message of ${channel} was brought to ${consumer} again ${count} times`,
    detail: [`${channel}  ${body.slice(0, 160)}`],
    likeness: `${consumer} ${channel}`,
    exchanges: [moment.id],
  }
}
