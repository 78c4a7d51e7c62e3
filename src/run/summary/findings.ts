import { errorHints } from '../../core/error-codes.ts'
import { boundaryFindings } from './boundary-findings.ts'
import { expiredFindings } from './ignored-findings.ts'
import { compareHarm, type RankedFinding } from './ranked-finding.ts'
import type { SummaryInput } from './input.ts'
import { matrixFindings } from './matrix-findings.ts'
import type { Tally } from './tally.ts'
import { testFindings } from './test-findings.ts'
import { timelineFindings } from './timeline-findings.ts'
import type { BoundarySummary, Finding, TestSummary } from './types.ts'

/** Everything somebody should know or do after the run, the most harmful first. */
export function findingsOf(
  input: SummaryInput,
  tally: Tally,
  tests: readonly TestSummary[],
  boundaries: readonly BoundarySummary[],
): readonly Finding[] {
  return [
    ...testFindings(input, tally, tests, boundaries),
    ...boundaryFindings(input, tally, boundaries),
    ...timelineFindings(input, boundaries),
    ...matrixFindings(input),
    ...expiredFindings(input),
    ...warningFindings(tally),
  ]
    .sort(compareHarm)
    .map(({ harm: _harm, risk: _risk, ...finding }) => finding)
}

function warningFindings({ warnings }: Tally): readonly RankedFinding[] {
  const groups = Map.groupBy(warnings, ({ code, message }) => `${code}\n${message}`)
  return [...groups.values()].map((group): RankedFinding => {
    const { code, message } = group[0]!
    return {
      harm: 'warning',
      risk: 'medium',
      severity: 'warning',
      code,
      title: message.split('\n', 1)[0]! + (group.length > 1 ? ` (${group.length} times)` : ''),
      detail: message.includes('\n') ? message : '',
      fix: code in errorHints ? errorHints[code as keyof typeof errorHints] : '',
      command: null,
      boundary: null,
      tests: [],
      testCount: 0,
    }
  })
}
