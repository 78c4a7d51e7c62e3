import { plural } from '../wording.ts'
import { crossings, type Tally } from './tally.ts'
import type { BoundarySummary, Finding, TestSummary, Verdict } from './types.ts'

/** How many tests ran to their end; a skipped or unfinished test is not one of them. */
export function ranTests(tests: readonly TestSummary[]): number {
  return tests.filter(({ state }) => state === 'passed' || state === 'failed').length
}

/**
 * Judges a run. It fails for any of: the test command, a test, a miss, a refused call, a stale recording, a finding that is to
 * fail it, the failure matrix, nothing done.
 *
 * @param ofMatrix - Why the failure matrix fails it.
 */
export function judge(
  testExitCode: number | null,
  tally: Tally,
  tests: readonly TestSummary[],
  boundaries: readonly BoundarySummary[],
  findings: readonly Finding[],
  ofMatrix: readonly string[],
): Verdict {
  const inState = (state: TestSummary['state']): number => tests.filter((test) => test.state === state).length
  const refused = tally.unknown.filter(({ policy }) => policy === 'error').length
  const stale = boundaries.filter((boundary) => boundary.stalePolicy === 'fail' && boundary.stale.length > 0)
  // Of the timeline, only what the config says is an error.
  const shown = findings.filter(({ severity, exchanges }) => severity === 'error' && exchanges !== undefined)
  const crossed = crossings(tally) > 0
  const reasons: readonly (string | false)[] = [
    inState('failed') > 0 && `${plural(inState('failed'), 'test')} failed`,
    inState('unfinished') > 0 && `${plural(inState('unfinished'), 'test')} did not finish`,
    tally.misses.length > 0 && `${plural(tally.misses.length, 'question')} had no recording`,
    refused > 0 && `${plural(refused, 'call')} to addresses of no boundary`,
    stale.length > 0 && `stale recordings of ${stale.map(({ name }) => name).join(', ')}`,
    shown.length > 0 &&
      `${plural(shown.length, 'finding')} of ${[...new Set(shown.map(({ code }) => code))].join(', ')}`,
    ...ofMatrix,
    testExitCode === null && 'the test command was ended by a signal',
    testExitCode !== null && testExitCode !== 0 && `the test command ended with exit code ${testExitCode}`,
    !crossed && ranTests(tests) === 0 && 'nothing was tested',
  ]
  const given = reasons.filter((reason) => reason !== false)
  const passed = given.length === 0
  return { passed, exitCode: passed ? 0 : 1, vacuous: !crossed, reasons: given }
}
