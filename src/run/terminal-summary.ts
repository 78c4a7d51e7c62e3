import { dirname, join } from 'node:path'
import type { BoundarySummary, Finding, MatrixSummary, Share, Summary, TestState } from './summary/types.ts'
import { brokenList } from './terminal-broken.ts'
import { fit, pad, type Paint, painter, printable, widthOf, wrap } from './terminal-text.ts'
import { ageSpan, duration, plural } from './wording.ts'

/** How a summary is printed. */
export interface PrintOptions {
  /** Use ANSI colours. */
  readonly color: boolean
  /** Width of the terminal. Only commands, paths and the widest table cells take more. */
  readonly columns: number
  /** Path of the HTML report, named at the end. */
  readonly report?: string
}

const shownFindings = 10

/** The summary for a terminal: verdict, boundaries, the first ten findings, and where the report is. Ends with a newline. */
export function printSummary(summary: Summary, options: PrintOptions): string {
  const columns = Math.max(40, Math.min(options.columns, 100))
  const paint = painter(options.color)
  const blocks = [
    headline(summary, columns, paint),
    facts(summary, columns, paint),
    boundaryTable(summary, columns, paint),
    brokenList(summary, columns, paint),
    findingList(summary, columns, paint),
    ignoredList(summary, columns, paint),
    places(summary, options.report, paint),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function places({ matrix }: Summary, report: string | undefined, paint: Paint): readonly string[] {
  if (report === undefined) return []
  const page = matrix ? [`${paint('Matrix', 'bold')}  ${printable(join(dirname(report), matrix.page))}`] : []
  return [`${paint('Report', 'bold')}  ${printable(report)}`, ...page]
}

/** Of a summary, what the timeline shows: which boundary broke in failed tests, and at most ten findings; may be empty. */
export function printTimeline(summary: Summary, options: Omit<PrintOptions, 'report'>): string {
  const columns = Math.max(40, Math.min(options.columns, 100))
  const paint = painter(options.color)
  const findings = summary.findings.filter(({ exchanges }) => exchanges !== undefined)
  const blocks = [
    brokenList(summary, columns, paint),
    findingList({ ...summary, findings }, columns, paint),
    ignoredList(summary, columns, paint),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline({ verdict, durationMs }: Summary, columns: number, paint: Paint): readonly string[] {
  const word = verdict.passed ? paint('✓ PASSED', 'bold', 'green') : paint('✗ FAILED', 'bold', 'red')
  const why = verdict.passed
    ? verdict.vacuous
      ? 'but nothing crossed a boundary, so this says nothing about them'
      : `in ${duration(durationMs)}`
    : verdict.reasons.join('; ')
  const [first = '', ...rest] = wrap(printable(why), columns - 10)
  return [`${word}  ${first}`, ...rest.map((line) => `          ${line}`)]
}

function facts({ totals, matrix, madeAt, verdict }: Summary, columns: number, paint: Paint): readonly string[] {
  const states = (['passed', 'failed', 'unfinished', 'skipped'] as const satisfies readonly TestState[])
    .filter((state) => totals.tests[state] > 0)
    .map((state) => `${totals.tests[state].toLocaleString('en')} ${state}`)
  const { exchanges, fromCassette, fromService, recordings, saved } = totals
  const answered = [
    fromCassette > 0 && `${fromCassette === exchanges ? 'all' : fromCassette.toLocaleString('en')} from recordings`,
    fromService > 0 && `${fromService === exchanges ? 'all' : fromService.toLocaleString('en')} from the real service`,
    // Subscriptions and what nobody waits for: nothing to do about it where all went well.
    totals.open > 0 && !verdict.passed && `${totals.open.toLocaleString('en')} still open at the end`,
  ].filter(Boolean)
  const rows: readonly (readonly [string, string])[] = [
    ['Tests', states.join(', ') || 'none seen'],
    ['Exchanges', [exchanges.toLocaleString('en'), ...answered].join(', ')],
    ['Recordings', recordings.exchanges === 0 ? 'none' : recordedText(recordings, madeAt)],
    [
      'Saved',
      saved.exchanges === 0
        ? ''
        : `${plural(saved.exchanges, 'exchange')} to ${plural(saved.cassettes, 'cassette')}, ` +
          `${plural(saved.redactions, 'secret')} replaced`,
    ],
    ['Matrix', matrix === null ? '' : matrixText(matrix)],
  ]
  return rows
    .filter(([, text]) => text !== '')
    .flatMap(([label, text]) =>
      wrap(text, columns - 12).map((line, index) => paint(pad(index === 0 ? label : '', 12), 'dim') + line),
    )
}

function matrixText({ state, cells, leftOut, findings, accepted, resilience, vigilance }: MatrixSummary): string {
  const share = ({ good, of }: Share): string => `${good} of ${of}`
  return [
    ...(state === 'interrupted' ? ['interrupted'] : []),
    `${plural(cells, 'cell')}${leftOut > 0 ? `, ${leftOut.toLocaleString('en')} left out` : ''}`,
    `${plural(findings, 'finding')}${accepted > 0 ? `, ${accepted} of them accepted` : ''}`,
    ...(resilience.of > 0 ? [`resilience ${share(resilience)}`] : []),
    ...(vigilance.of > 0 ? [`vigilance ${share(vigilance)}`] : []),
  ].join('; ')
}

function recordedText(recordings: Summary['totals']['recordings'], now: number): string {
  const { exchanges, files, undated } = recordings
  const where = `${exchanges.toLocaleString('en')} in ${plural(files, 'cassette')}`
  return `${where}, ${recordedAge(recordings, now)}${undated > 0 && undated < exchanges ? `, ${undated} undated` : ''}`
}

function recordedAge({ exchanges, oldestAt, newestAt }: Summary['totals']['recordings'], now: number): string {
  if (exchanges === 0) return '-'
  if (oldestAt === null || newestAt === null) return 'age unknown'
  return `${ageSpan(now - newestAt, now - oldestAt)} old`
}

function boundaryTable({ boundaries, madeAt }: Summary, columns: number, paint: Paint): readonly string[] {
  if (boundaries.length === 0) return []
  const rows = boundaries.map((boundary) => boundaryRow(boundary, madeAt))
  const titles = ['Boundary', 'Risk', 'Asked', 'Missed', 'Operations', 'Recordings']
  const right = new Set([2, 3])
  const widths = titles.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index]!)].map(widthOf)))
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0)
  widths[0] = Math.max(8, Math.min(widths[0]!, columns - others))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(fit(cell, widths[index]!), widths[index]!, right.has(index) ? 'left' : 'right'))
      .join('  ')
      .trimEnd()
  return [
    paint(line(titles), 'dim'),
    ...rows.map((row, index) => {
      const { misses, exchanges, stale } = boundaries[index]!
      const text = line(row)
      return misses > 0 ? paint(text, 'red') : exchanges === 0 || stale.length > 0 ? paint(text, 'yellow') : text
    }),
    ...(boundaries.some(({ recordings }) => recordings.exchanges > 0)
      ? [paint('Operations: how many of the recorded ones this run exercised', 'dim')]
      : []),
  ]
}

function boundaryRow(boundary: BoundarySummary, now: number): readonly string[] {
  const { name, risk, exchanges, misses, exercised, recordedOnly, recordings, stale } = boundary
  const known = exercised.length + recordedOnly.length
  const old = recordedAge(recordings, now)
  return [
    printable(name) || '(no name)',
    risk,
    exchanges.toLocaleString('en'),
    misses === 0 ? '-' : misses.toLocaleString('en'),
    known === 0 ? '-' : recordings.exchanges === 0 ? `${known}` : `${exercised.length} of ${known}`,
    stale.length > 0 ? `${old}, stale` : old,
  ]
}

function findingList({ findings }: Summary, columns: number, paint: Paint): readonly string[] {
  if (findings.length === 0) return []
  const shown = findings.slice(0, shownFindings)
  const more = findings.length - shown.length
  return [
    paint(more > 0 ? `The first ${shown.length} of ${findings.length} findings` : 'Findings', 'bold'),
    ...shown.flatMap((finding) => findingLines(finding, columns, paint)),
    ...(more > 0 ? [paint(`  and ${plural(more, 'more finding')} in the report`, 'dim')] : []),
  ]
}

function ignoredList({ ignored }: Summary, columns: number, paint: Paint): readonly string[] {
  if (ignored.length === 0) return []
  const count = ignored.reduce((sum, each) => sum + each.count, 0)
  return [
    paint(`${plural(count, 'finding')} ignored`, 'bold'),
    ...ignored.map(({ code, boundary, reason, until, count: times }) => {
      const about = boundary === null ? '' : ` of ${boundary}`
      const line = `${times} × ${code}${about}${until === null ? '' : `, until ${until}`}: ${reason}`
      return `  ${paint(fit(printable(line), columns - 2), 'dim')}`
    }),
  ]
}

function findingLines(finding: Finding, columns: number, paint: Paint): readonly string[] {
  const { severity, code, title, detail, tests, testCount, command, fix } = finding
  const [mark, colour] = severity === 'error' ? (['✗', 'red'] as const) : (['!', 'yellow'] as const)
  const [first = '', ...rest] = wrap(printable(title), columns - 2)
    .slice(0, finding.cell === undefined ? 3 : 6)
    .map((line) => fit(line, columns - 2))
  const miss = code === 'MORTAR_MISS' ? readMiss(detail) : undefined
  const lines = detail.split('\n').filter((line) => line.trim() !== '')
  const [test] = tests
  const inTests =
    test && `in ${test.file === '' ? test.name || '(no name)' : `${test.file} > ${test.name || '(no name)'}`}`
  const others = testCount > 1 ? `, and ${plural(testCount - 1, 'more test')}` : ''
  return [
    `${paint(mark, 'bold', colour)} ${paint(first, 'bold')}`,
    ...rest.map((line) => `  ${paint(line, 'bold')}`),
    `    ${paint(code, 'dim')}`,
    ...(inTests ? [`    ${fit(printable(inTests), columns - 4 - others.length)}${others}`] : []),
    ...(miss ? missLines(miss, columns, paint) : detailLines(lines, shownLines(finding), columns, paint)),
    ...arrow(miss ? miss.fix : fix, columns),
    // A command is never cut, so that it can be copied. The fix of a miss names its own.
    ...(command === null || miss ? [] : [`    ${paint(printable(command), 'cyan')}`]),
  ]
}

/** Of several failed tests each has a line of its own, at most ten and their count; other evidence is cut. */
function shownLines({ code, testCount }: Finding): number {
  return code === 'MORTAR_TEST_FAILED' && testCount > 1 ? 11 : 4
}

function detailLines(lines: readonly string[], most: number, columns: number, paint: Paint): readonly string[] {
  return [
    ...lines.slice(0, most).map((line) => `    ${paint(fit(printable(line), columns - 4), 'dim')}`),
    ...(lines.length > most ? [`    ${paint('…', 'dim')}`] : []),
  ]
}

function arrow(fix: string, columns: number): readonly string[] {
  if (fix === '') return []
  return wrap(printable(fix), columns - 6).map((line, index) => `    ${index === 0 ? '→ ' : '  '}${line}`)
}

/** What one needs of an explained miss: why, the parts that differ, and what to do. */
interface ReadMiss {
  readonly cause: string
  /** The lines below the closest recording: a title, then a table. */
  readonly closest: readonly string[]
  readonly fix: string
}

const shownDifferences = 4

/** Takes the text of a miss apart; `undefined` for one that was not written by this version. */
function readMiss(explanation: string): ReadMiss | undefined {
  const [, cause, between = '', fix] = /^Cause: (.+)$([^]*?)^Fix: ([^]+)$/m.exec(explanation) ?? []
  if (cause === undefined || fix === undefined) return undefined
  const lines = between.split('\n').filter((line) => line.trim() !== '')
  const first = lines.findIndex((line) => /^ {2}1\. /.test(line))
  const next = lines.findIndex((line) => /^ {2}2\. /.test(line))
  return { cause, closest: first < 0 ? [] : lines.slice(first, next < 0 ? undefined : next), fix: fix.trim() }
}

function missLines({ cause, closest }: ReadMiss, columns: number, paint: Paint): readonly string[] {
  const [title, ...table] = closest
  const shown = table.slice(0, shownDifferences + 1)
  return [
    ...wrap(printable(cause), columns - 4).map((line) => `    ${line}`),
    ...(title === undefined || shown.length === 0
      ? []
      : wrap(printable(title.replace(/^ *1\. /, 'Closest: ')), columns - 6).map(
          (line, index) => `    ${paint(index === 0 ? line : `  ${line}`, 'dim')}`,
        )),
    ...shown.map((line) => `      ${paint(fit(printable(line.replace(/^ {5}/, '')), columns - 6), 'dim')}`),
    ...(table.length > shown.length ? [`      ${paint('…', 'dim')}`] : []),
  ]
}
