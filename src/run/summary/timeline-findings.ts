import { type TimelineCode, type TimelineFinding, timelineHints } from '../../timeline/finding.ts'
import { plural } from '../../core/wording.ts'
import { quoteWord } from '../shell-line.ts'
import type { SummaryInput } from './input.ts'
import { concerning, type RankedFinding } from './ranked-finding.ts'
import { testKey } from './tally.ts'
import type { BoundarySummary } from './types.ts'

/** What is wrong, not only slow: it loses or invents data, or stops under load. */
const wrong: ReadonlySet<TimelineCode> = new Set([
  'published-before-commit',
  'published-after-rollback',
  'pool-exhausted',
  'second-connection-in-transaction',
  'never-acknowledged',
  'endless-redelivery',
  'publish-not-confirmed',
  'repeated-effect',
  'lost-update',
])

/** What the timeline shows by itself; the same mistake in several tests is one finding. */
export function timelineFindings(
  { observed, failOn = [] }: SummaryInput,
  boundaries: readonly BoundarySummary[],
): readonly RankedFinding[] {
  const groups = Map.groupBy(
    observed?.findings ?? [],
    ({ code, boundary, likeness }) => `${code}\n${boundary}\n${likeness}`,
  )
  return [...groups.values()].map((group) =>
    timelineFinding(group as [TimelineFinding, ...TimelineFinding[]], boundaries, failOn.includes(group[0]!.code)),
  )
}

function timelineFinding(
  group: readonly [TimelineFinding, ...TimelineFinding[]],
  boundaries: readonly BoundarySummary[],
  fails: boolean,
): RankedFinding {
  const [{ code, severity, boundary, test, title, detail, exchanges, fix = timelineHints[code] }] = group
  const tests = new Set(group.map((each) => testKey(each.test))).size
  const again = group.length === tests ? '' : ` (${plural(group.length, 'time')})`
  return {
    harm: fails
      ? 'timeline-fails'
      : wrong.has(code)
        ? 'timeline-wrong'
        : severity === 'note'
          ? 'warning'
          : 'timeline-wasteful',
    risk: boundaries.find(({ name }) => name === boundary)?.risk ?? 'medium',
    severity: fails ? 'error' : severity,
    code,
    title: title + again,
    detail: detail.join('\n'),
    fix,
    command: test ? `npx mortar timeline --test ${quoteWord(test.name)}` : 'npx mortar timeline',
    boundary,
    ...concerning(group.map((each) => each.test)),
    exchanges,
  }
}
