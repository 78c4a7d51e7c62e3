import { evidenceLine, type TimelineFinding } from '../finding.ts'
import type { Moment, Timeline } from '../moment.ts'

/** A confirmation may take this long, milliseconds, before what ended meanwhile is to blame. */
const confirmMs = 1000

/** Messages for which a confirmation was asked that never came, and which nobody sent again. */
export function publishNotConfirmed({ moments, endedAt }: Timeline): readonly TimelineFinding[] {
  const lost = moments.filter(
    ({ facts, ending, at }) =>
      facts.published?.confirmed === false &&
      ending !== 'complete' &&
      !facts.error &&
      !facts.failure &&
      endedAt - at >= confirmMs,
  )
  const sentAgain = (moment: Moment): boolean =>
    moments.some(
      ({ asked, facts: { published } }) =>
        asked > moment.asked &&
        published?.confirmed === true &&
        published.channel === moment.facts.published!.channel &&
        published.body === moment.facts.published!.body,
    )
  return lost.filter((moment) => !sentAgain(moment)).map(report)
}

function report(moment: Moment): TimelineFinding {
  const { boundary, test, facts, operation, id, at } = moment
  return {
    code: 'publish-not-confirmed',
    severity: 'warning',
    boundary,
    test,
    title: `${boundary}: the broker never confirmed a message to ${facts.published!.channel}`,
    detail: [evidenceLine(moment, at)],
    likeness: operation,
    exchanges: [id],
  }
}
