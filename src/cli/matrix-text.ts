import type { FindingDocument, MatrixDocument, Share } from '../run/matrix/document.ts'
import { gridOf, type GridRow } from '../run/matrix/grid.ts'
import { fit, pad, type Paint, painter, printable, wrap } from '../run/terminal-text.ts'
import { shellLine } from '../run/shell-line.ts'
import { duration, plural } from '../run/wording.ts'
import { editedLines, leftOutLines } from './matrix-left-out.ts'
import { findingLines, mostFindings, weaknessLines } from './matrix-findings.ts'
import { notJudgedLines } from './matrix-not-judged.ts'
import { isUnrecorded, unrecordedLines } from './matrix-unrecorded.ts'
import { expiredText, unusedText } from '../matrix/allow.ts'
import { notRecorded } from '../matrix/judgement.ts'
import { isBad } from '../matrix/verdict.ts'
import { suspicionsOf } from '../matrix/contract/suspected.ts'

/** How it is printed. */
interface PrintOptions {
  readonly color: boolean
  readonly columns: number
  /** Path of the page, where one was written. */
  readonly report: string | undefined
  /** One cell was asked for: its suggested test is shown. */
  readonly inFull?: boolean
  /** What was typed after `--`. */
  readonly command?: readonly string[]
  /** This run has accepted the findings. */
  readonly accepts?: boolean
  /** The command is of no runner that Mortar has a part in. */
  readonly isPlain?: boolean
  /** There was an end to the time. */
  readonly hasBudget?: boolean
  /** What `--test` has asked for. */
  readonly wanted?: string | undefined
}

const mostSuspicions = 3
const mostOnce = 3

/** What a matrix has shown: findings, the grid, the numbers. */
export function printMatrix(document: MatrixDocument, options: PrintOptions): string {
  const { color, columns: terminal, inFull = false, accepts = false } = options
  const paint = painter(color)
  const columns = Math.max(60, terminal)
  const { findings, cells, tests, leftOut, unconfirmed, expiredRules, unusedRules = [], state } = document
  const fresh = inFull ? findings : findings.filter(({ accepted }) => accepted === undefined)
  const shown = fresh.slice(0, mostFindings)
  const more = fresh.length - shown.length
  if (cells.length === 0 && leftOut.length === 0) return `${nothingTried(document, options)}\n`
  const cached = cells.filter((cell) => cell.cached).length
  const soFar = state === 'interrupted' ? ' so far' : ''
  const head = findings.length === 0 ? nothingFound(document) : `${plural(findings.length, 'finding')}${soFar}`
  const tried = `${plural(cells.length, 'cell')} over ${plural(tests.stable, 'test')}`
  const lines = [
    paint(cells.length + findings.length === 0 ? head : `${head} in ${tried}`, 'bold'),
    ...shown.flatMap((finding, i) => ['', ...findingLines(finding, i + 1, columns, paint)]),
    ...(more > 0 ? ['', paint(`and ${more} more in the report`, 'dim')] : []),
    ...(inFull ? suggestionLines(shown, paint) : []),
    ...acceptedLines(document, accepts, columns, paint),
    ...weaknessLines(document.weaknesses, columns, paint),
    ...gridBlock(document, columns, paint),
    '',
    `Resilience ${share(document.resilience, 'errors were handled, or failed in order', 'error')}`,
    `Vigilance  ${share(document.vigilance, 'times that data was wrong, a test has noticed', 'wrong data')}`,
    ...contractLines(document, columns, paint),
    ...unrecordedLines(cells, columns, paint),
    ...notJudgedLines(document, columns, paint),
    ...expiredRules.map((rule) => paint(printable(capital(expiredText(rule))), 'red')),
    ...unusedRules.map((rule) => paint(printable(capital(unusedText(rule))), 'yellow')),
    ...(unconfirmed > 0
      ? [
          paint(
            `${plural(unconfirmed, 'bad verdict')} did not show again, and ${unconfirmed === 1 ? 'is' : 'are'} not counted`,
            'yellow',
          ),
        ]
      : []),
    ...onceLines(document, columns, paint),
    ...leftOutLines(document, options, columns, paint),
    ...editedLines(document, columns, paint),
    ...kindLines(cells, paint),
    ...(cached > 0 ? [paint(`${cached} of ${plural(cells.length, 'cell')} from earlier runs`, 'dim')] : []),
    state === 'interrupted'
      ? paint(`interrupted after ${duration(document.durationMs)}: what is above is what was known by then`, 'yellow')
      : paint(`in ${duration(document.durationMs)}`, 'dim'),
    ...nextLines(document, options, paint),
  ]
  return `${lines.join('\n')}\n`
}

/** What nothing has struck, as it is asked once in a process. */
function onceLines({ askedOnce = [] }: MatrixDocument, columns: number, paint: Paint): string[] {
  const names = [...new Set(askedOnce.map(({ boundary, operation }) => `\`${operation}\` at \`${boundary}\``))]
  if (names.length === 0) return []
  const some = names.slice(0, mostOnce).join(', ')
  const more = names.length > mostOnce ? ` and ${names.length - mostOnce} more` : ''
  const why = 'asked once in a process, and kept: a hook that forgets it, such as `vi.resetModules()`, has it tried'
  return wrap(printable(`Not struck: ${some}${more}, ${why}`), columns).map((line) => paint(line, 'yellow'))
}

/** Of which kinds the cells are, as progress has told of them one after the other. */
function kindLines(cells: MatrixDocument['cells'], paint: Paint): string[] {
  const pairs = cells.filter(({ after }) => after).length
  const fields = cells.filter(({ detail }) => detail).length
  if (pairs + fields === 0) return []
  const parts = [
    `${cells.length - pairs - fields} with one fault`,
    ...(pairs > 0 ? [`${plural(pairs, 'pair')} of faults`] : []),
    ...(fields > 0 ? [`${plural(fields, 'change')} of fields`] : []),
  ]
  return [paint(`${plural(cells.length, 'cell')}: ${parts.join(', ')}`, 'dim')]
}

/** What is proved of answers, and what is read of them that no test looks at. */
function contractLines({ contracts, contractCoverage }: MatrixDocument, columns: number, paint: Paint): string[] {
  if (contracts.length === 0) return []
  const suspicions = suspicionsOf(contracts)
  const more = suspicions.length - mostSuspicions
  return [
    contractCoverage.of === 0
      ? 'Contract   nothing to say: the program was not seen to read any field of an answer itself'
      : `Contract   ${share(contractCoverage, 'fields that the program reads are proved to be needed', '')}`,
    ...suspicions
      .slice(0, mostSuspicions)
      .flatMap(({ sentence }) =>
        wrap(printable(sentence), columns - 11).map((line) => paint(`           ${line}`, 'dim')),
      ),
    ...(more > 0 ? [paint(`           and ${plural(more, 'more operation')}`, 'dim')] : []),
  ]
}

/** What to do now. */
function nextLines(
  { findings }: MatrixDocument,
  { report, command = [], inFull }: PrintOptions,
  paint: Paint,
): string[] {
  const typed = command.length === 0 ? '' : ` -- ${shellLine(command)}`
  const first = findings.find(({ accepted }) => accepted === undefined)
  if (inFull) return []
  const rows = [
    first && ['Mend the first, and see it gone', first.reproduce],
    first?.suggestedTest && ['which prints a test for it as well', ''],
    first && ['Live with all of these for now', `npx mortar matrix --accept${typed}`],
    report !== undefined && ['Every boundary, fault and exchange', report],
  ].filter((row) => Array.isArray(row))
  const width = Math.max(...rows.map(([what]) => what!.length))
  return rows.length === 0
    ? []
    : ['', ...rows.map(([what, how]) => `${pad(what!, width)}  ${paint(how!, 'cyan')}`.trimEnd())]
}

/** What a test does that is not judged. */
const alone: Readonly<Record<MatrixDocument['tests']['excluded'][number]['state'], string>> = {
  failing: 'fails by itself, without a fault',
  flaky: 'is not the same each time, without a fault',
  armed: 'is not judged',
}

/** What stands in the place of a number of findings. */
function nothingFound({ cells, state }: MatrixDocument): string {
  if (cells.length > 0 && cells.every(isUnrecorded)) return `Nothing could be judged, as ${notRecorded},`
  if (cells.length > 0) return state === 'interrupted' ? 'Nothing bad was found so far' : 'Nothing bad was found'
  return `Nothing was tried, as ${state === 'interrupted' ? 'it was interrupted' : 'there was no time for it'}`
}

/** No finding in nothing is no good news. */
function nothingTried({ tests, state }: MatrixDocument, { wanted, isPlain }: PrintOptions): string {
  if (state === 'interrupted') return 'Nothing was tried: it was interrupted before it was known what there is to try'
  const excluded = tests.excluded.map(({ test, state, why }) => `Not judged, ${state}: ${test.name}: ${why}`)
  if (
    wanted === undefined &&
    tests.stable === 0 &&
    tests.excluded.length > 0 &&
    tests.excluded.every(({ state }) => state === 'failing')
  )
    return ['Nothing was tried: every test fails by itself, without a fault', ...excluded.map(printable)].join('\n')
  const picked = tests.excluded.filter(({ test }) => wanted !== undefined && test.name.includes(wanted))
  if (picked.length > 0) {
    const lines = picked.map(({ test, state, why }) => `${test.name} ${alone[state]}: ${why}`)
    return ['Nothing was tried, as what `--test` picks is not judged:', ...lines.map(printable)].join('\n')
  }
  const why = 'no exchange of the program was seen in stable tests that one of these faults can strike;'
  const hint = isPlain
    ? 'leave out what narrows it, such as `--fault`, and see by `mortar run -- COMMAND` what crosses at all'
    : 'what tests ask by themselves over `fetch` is not the program'
  return ['Nothing was tried:', why, hint, ...excluded.map(printable)].join('\n')
}

/** To be copied, so it is not cut and not set in. */
function suggestionLines(findings: readonly FindingDocument[], paint: Paint): string[] {
  const tests = findings.flatMap(({ suggestedTest }) => (suggestedTest === '' ? [] : [suggestedTest]))
  return tests.flatMap((test) => [
    '',
    paint('A test that fails today:', 'bold'),
    '',
    ...test.trimEnd().split('\n').map(printable),
  ])
}

/** What the team lives with, and what it no longer has to. */
function acceptedLines(
  { findings, noLongerFound }: MatrixDocument,
  isNow: boolean,
  columns: number,
  paint: Paint,
): string[] {
  const known = findings.flatMap(({ sentence, accepted }) =>
    accepted ? [`${sentence}${accepted.reason === undefined ? '' : `: ${accepted.reason}`}`] : [],
  )
  const gone = noLongerFound.map(({ sentence }) => sentence)
  const list = (title: string, sentences: readonly string[]): string[] =>
    sentences.length === 0
      ? []
      : ['', paint(title, 'bold'), ...sentences.map((line) => `  - ${fit(printable(line), columns - 4)}`)]
  return [
    ...list(`${isNow ? 'Accepted' : 'Accepted before'}: ${plural(known.length, 'finding')}`, known),
    ...list(`Accepted, and no longer found; \`npx mortar matrix --accept\` takes out:`, gone),
  ]
}

/** Operations with something bad, and how many there are without; all of one cell that was asked for. */
function gridBlock({ cells }: MatrixDocument, columns: number, paint: Paint): string[] {
  const judged = cells.filter((cell) => !isUnrecorded(cell))
  const rows = gridOf(judged)
  const bad = rows.filter(({ faults }) => faults.some(({ verdict }) => isBad(verdict)))
  const fine = rows.length - bad.length
  const isBadRow = (cell: MatrixDocument['cells'][number]): boolean =>
    bad.some(({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation)
  const rest = judged.filter((cell) => !isBadRow(cell))
  const others = bad.length === 0 ? plural(fine, 'operation') : plural(fine, 'other operation')
  if (rows.length === 0) return []
  return [
    '',
    ...bad.flatMap((row) => gridLines(row, columns, paint)),
    ...(fine > 0 ? [paint(`Nothing bad at ${others}: ${verdictCounts(rest)}`, 'green')] : []),
  ]
}

function verdictCounts(cells: MatrixDocument['cells']): string {
  const counts = Map.groupBy(cells, ({ verdict }) => verdict)
  return [...counts].map(([verdict, some]) => `${some.length} ${verdict}`).join(', ')
}

function gridLines({ boundary, operation, faults }: GridRow, columns: number, paint: Paint): string[] {
  const bad = Map.groupBy(
    faults.filter(({ verdict }) => isBad(verdict)),
    ({ verdict }) => verdict,
  )
  const fine = faults.filter(({ verdict }) => !isBad(verdict)).length
  const lines = [...bad].flatMap(([verdict, some]) => {
    const [first = '', ...rest] = wrap(`${verdict}: ${some.map(({ fault }) => fault).join(', ')}`, columns - 4)
    return [`  ${paint(first, 'red')}`, ...rest.map((line) => `    ${paint(line, 'red')}`)]
  })
  return [
    paint(fit(`${boundary}  ${operation}`, columns), 'bold'),
    ...lines,
    ...(fine > 0 ? [`  no harm under ${plural(fine, 'other fault')}`] : []),
  ]
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** @param kind - What there was none of, where nothing was decided. */
function share({ good, of }: Share, what: string, kind: string): string {
  return of === 0
    ? `nothing to say: no ${kind} was tried that could be judged`
    : `${good} of ${of} (${Math.round((good / of) * 100)} %) ${what}`
}
