import type { TestTimeline } from '../run/timeline/tests-of-run.ts'
import { fit, pad, type Paint, painter, printable, widthOf, wrap } from '../run/terminal-text.ts'
import { duration, plural } from '../run/wording.ts'
import { distinct } from '../timeline/finding.ts'
import { columnsOf } from '../timeline/text/print-test.ts'

/** How it is printed. */
interface PrintOptions {
  readonly color: boolean
  readonly columns: number
}

const marks = { passed: '✓', failed: '✗', skipped: '–', unfinished: '…', outside: '○' } as const

/** The tests of a run, one line each. */
export function printTestList(
  tests: readonly TestTimeline[],
  run: string,
  { color, columns: terminal }: PrintOptions,
): string {
  const paint = painter(color)
  const columns = Math.max(60, terminal)
  if (tests.length === 0) return `Nothing crossed a boundary in run ${run}, and no test is known.\n`
  const lines = tests.map((test) => {
    const counts = `  ${plural(test.exchanges, 'exchange')}${test.findings.length > 0 ? `, ${plural(test.findings.length, 'finding')}` : ''}`
    const name = fit(`${marks[test.state]} ${nameOf(test)}`, columns - counts.length)
    return `${test.state === 'failed' || test.state === 'unfinished' ? paint(name, 'red') : name}${paint(counts, 'dim')}`
  })
  const hint = paint('`mortar timeline --test NAME` shows what one of them asked', 'dim')
  return `${[paint(`Run ${run}`, 'bold'), ...lines, '', hint].join('\n')}\n`
}

/** What one test asked, in order. */
export function printTestTimeline(test: TestTimeline, { color, columns: terminal }: PrintOptions): string {
  const paint = painter(color)
  const columns = Math.max(60, terminal)
  const { state, durationMs, diagnosis, findings, exchanges, error } = test
  const took = durationMs === null ? '' : state === 'outside' ? '' : ` after ${duration(durationMs)}`
  const head = `${marks[state]} ${printable(nameOf(test))}`
  const about = `  ${state}${took}, ${plural(exchanges, 'exchange')}`
  const lines = [
    paint(head, 'bold', ...(state === 'failed' || state === 'unfinished' ? (['red'] as const) : [])),
    paint(about, 'dim'),
    ...(diagnosis ? ['', ...labelled('What broke', brokenText(diagnosis), columns, paint)] : []),
    ...(error === null ? [] : labelled('Error', printable(error.split('\n', 1)[0]!), columns, paint)),
    '',
    ...rowLines(test, columns, paint),
    ...(findings.length > 0 ? [''] : []),
    ...distinct(findings).flatMap(([{ code, title }, times]) =>
      labelled(code, printable(title) + (times > 1 ? ` (${times} times)` : ''), columns, paint),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function brokenText({ boundary, kind, because }: NonNullable<TestTimeline['diagnosis']>): string {
  return printable(`${boundary === null ? '' : `${boundary}: `}${kind}; ${because}`)
}

function labelled(label: string, text: string, columns: number, paint: Paint): string[] {
  return [`  ${paint(label, 'yellow')}`, ...wrap(text, columns - 4).map((line) => `    ${fit(line, columns - 4)}`)]
}

function rowLines(test: TestTimeline, columns: number, paint: Paint): string[] {
  const rows = columnsOf(test.rows())
  if (rows.length === 0) return ['  Nothing crossed a boundary in this test.']
  const widthsOf = (key: 'when' | 'where' | 'took', most: number): number =>
    Math.min(most, Math.max(...rows.map((row) => widthOf(printable(row[key])))))
  const when = widthsOf('when', 12)
  const where = widthsOf('where', 24)
  const took = widthsOf('took', 12)
  const room = Math.max(20, columns - when - where - took - 8)
  return rows.map((row) => {
    // The answer is what one looks for; it may take up to half of the line.
    const came = fit(printable(row.came), Math.max(Math.floor(room / 2), room - widthOf(printable(row.asked)) - 1))
    const asked = fit(printable(row.asked), room - widthOf(came) - 1)
    const cells = [
      paint(pad(row.when, when, 'left'), 'dim'),
      pad(fit(printable(row.where), where), where),
      pad(`${asked} ${row.bad ? paint(came, 'red') : came}`, room),
      paint(pad(row.took, took, 'left'), 'dim'),
    ]
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

/** The same for programs. */
export function timelineDocument(test: TestTimeline): object {
  const { rows, ...about } = test
  return {
    ...about,
    rows: rows().map(({ moments, ...row }) => ({
      ...row,
      exchanges: moments.map(({ id }) => id),
      boundary: moments[0].boundary,
      operation: moments[0].operation,
      ...(moments[0].facts.sql && { sql: moments[0].facts.sql.text, parameters: moments[0].facts.sql.parameters }),
      ...(moments[0].facts.error && { error: moments[0].facts.error }),
    })),
  }
}

function nameOf({ test }: TestTimeline): string {
  return test ? [test.file, test.name || '(no name)'].filter(Boolean).join(' > ') : 'outside of any test'
}
