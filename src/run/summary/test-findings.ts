import { errorHints } from '../../core/error-codes.ts'
import { attachHints } from '../known-runner.ts'
import { plural } from '../wording.ts'
import type { SummaryInput } from './input.ts'
import { concerning, type RankedFinding } from './ranked-finding.ts'
import { reproduce } from './reproduce.ts'
import { crossings, type Tally, testKey } from './tally.ts'
import type { BoundarySummary, TestSummary } from './types.ts'
import { ranTests } from './verdict.ts'

/** What went wrong in tests, misses first; and whether tests ran at all. */
export function testFindings(
  input: SummaryInput,
  tally: Tally,
  tests: readonly TestSummary[],
  boundaries: readonly BoundarySummary[],
): readonly RankedFinding[] {
  return [
    ...missFindings(input, tally, tests, boundaries),
    ...stateFindings(input, tally, tests, 'failed'),
    ...stateFindings(input, tally, tests, 'unfinished'),
    ...retriedFindings(input, tests),
    ...vacuousFindings(input, tally, tests),
  ]
}

function missFindings(
  input: SummaryInput,
  tally: Tally,
  tests: readonly TestSummary[],
  boundaries: readonly BoundarySummary[],
): readonly RankedFinding[] {
  const failed = new Set(tests.filter(({ state }) => state === 'failed').map(({ test }) => testKey(test)))
  const groups = Map.groupBy(tally.misses, ({ boundary, operation, cause }) => `${boundary}\n${operation}\n${cause}`)
  return [...groups.values()].map((group) => {
    const risk = boundaries.find(({ name }) => name === group[0]!.boundary)?.risk ?? 'medium'
    const harm = group.some((miss) => failed.has(testKey(miss.test))) ? 'miss-in-failed-test' : 'miss'
    return missFinding(input, group, harm, risk)
  })
}

function missFinding(
  input: SummaryInput,
  group: Tally['misses'],
  harm: RankedFinding['harm'],
  risk: RankedFinding['risk'],
): RankedFinding {
  const { boundary, operation, cause, explanation, test } = group[0]!
  const times = group.length > 1 ? `, ${group.length} times` : ''
  return {
    harm,
    risk,
    severity: 'error',
    code: 'MORTAR_MISS',
    title: `${boundary}: no recording answers ${operation} (${cause})${times}`,
    detail: explanation,
    fix: errorHints.MORTAR_MISS,
    command: `MORTAR_RECORD=new ${reproduce(input.command, test)}`,
    boundary,
    ...concerning(group.map((miss) => miss.test)),
  }
}

/** One finding per file, so that one broken file does not push everything else off the first page. */
function stateFindings(
  input: SummaryInput,
  tally: Tally,
  tests: readonly TestSummary[],
  state: 'failed' | 'unfinished',
): readonly RankedFinding[] {
  const refused = new Set(tally.unknown.filter(({ policy }) => policy === 'error').map(({ address }) => address))
  // A test that failed for want of an answer is told of where the miss or the unknown destination is.
  const unexplained = tests.filter(
    (test) =>
      test.state === state &&
      (state === 'unfinished' || (test.misses.length === 0 && !test.unknown.some((address) => refused.has(address)))),
  )
  return [...Map.groupBy(unexplained, ({ test }) => test!.file).values()].map((group) => stateFinding(input, group))
}

function stateFinding(input: SummaryInput, group: readonly TestSummary[]): RankedFinding {
  const { test, state, error } = group[0]!
  const code = state === 'failed' ? 'MORTAR_TEST_FAILED' : 'MORTAR_TEST_UNFINISHED'
  const { file } = test!
  const where = file === '' ? '' : ` in ${file}`
  return {
    harm: 'test-failed',
    risk: 'medium',
    severity: 'error',
    code,
    title: `${plural(group.length, 'test')} ${state === 'failed' ? 'failed' : 'did not finish'}${where}`,
    detail: group.length === 1 ? (error ?? '') : eachError(group),
    fix: errorHints[code],
    command: reproduce(input.command, test),
    boundary: null,
    ...concerning(group.map((one) => one.test)),
  }
}

const shownErrors = 10

/** A line for each test, as several tests of a file seldom fail for one reason. */
function eachError(group: readonly TestSummary[]): string {
  const lines = group.slice(0, shownErrors).map(({ test, error }) => {
    const first = error?.split('\n').find((line) => line.trim() !== '')
    return [test!.name || '(no name)', first?.trim()].filter((part) => part !== undefined).join(': ')
  })
  const more = group.length - lines.length
  return [...lines, ...(more > 0 ? [`and ${plural(more, 'more test')}`] : [])].join('\n')
}

function retriedFindings(input: SummaryInput, tests: readonly TestSummary[]): readonly RankedFinding[] {
  const retried = tests.filter(({ state, attempts }) => state === 'passed' && attempts > 1)
  if (retried.length === 0) return []
  return [
    {
      harm: 'retried',
      risk: 'medium',
      severity: 'warning',
      code: 'MORTAR_TEST_RETRIED',
      title: `${plural(retried.length, 'test')} passed only after a retry`,
      detail: retried[0]!.test!.name,
      fix: errorHints.MORTAR_TEST_RETRIED,
      command: reproduce(input.command, retried[0]!.test),
      boundary: null,
      ...concerning(retried.map(({ test }) => test)),
    },
  ]
}

function vacuousFindings(input: SummaryInput, tally: Tally, tests: readonly TestSummary[]): readonly RankedFinding[] {
  const about = {
    risk: 'medium',
    boundary: null,
    tests: [],
    testCount: 0,
    command: reproduce(input.command, null),
  } as const
  const attach =
    input.unattached && tests.every(({ test }) => test === null) ? attachHints[input.unattached] : undefined
  const blamed = tests.some(({ state }) => state === 'failed' || state === 'unfinished')
  if (input.testExitCode !== 0 && !blamed) {
    const how = input.testExitCode === null ? 'was ended by a signal' : `ended with exit code ${input.testExitCode}`
    const code = 'MORTAR_TEST_COMMAND_FAILED'
    const title = `The test command ${how}, and no test is known to have failed`
    return [
      { ...about, harm: 'command-failed', severity: 'error', code, title, detail: attach ?? '', fix: errorHints[code] },
    ]
  }
  if (crossings(tally) > 0) {
    if (attach === undefined) return []
    const [code, title] = ['MORTAR_PLUGIN_MISSING', "No test is known, so what crossed is nobody's"] as const
    return [{ ...about, harm: 'nothing-crossed', severity: 'warning', code, title, detail: '', fix: attach }]
  }
  const code = 'MORTAR_VACUOUS'
  if (ranTests(tests) > 0) {
    const title = `${plural(ranTests(tests), 'test')} ran, and none of them asked anything across a boundary`
    const hints = input.boundaries.flatMap(({ name, unusedHint }) => (unusedHint ? [`${name}: ${unusedHint}`] : []))
    const fix = errorHints[code]
    return [{ ...about, harm: 'nothing-crossed', severity: 'warning', code, title, detail: hints.join('\n'), fix }]
  }
  const skipped = tests.filter(({ state }) => state === 'skipped').length
  const title =
    skipped > 0 ? `Nothing was tested: all tests (${skipped}) were skipped` : 'Nothing was tested: no test ran'
  return [
    { ...about, harm: 'nothing-ran', severity: 'error', code, title, detail: '', fix: attach ?? errorHints[code] },
  ]
}
