import { compareAccepted } from '../matrix/accepted.ts'
import type { FindingDocument, MatrixDocument, Share, WeaknessDocument } from '../run/matrix/document.ts'
import { fit, type Paint, painter, printable } from '../run/terminal-text.ts'
import { duration, plural } from '../run/wording.ts'
import { keyOfTest } from '../timeline/moment.ts'
import { editedLines, leftOutLines } from './matrix-left-out.ts'
import { findingLines, mostFindings, weaknessLines } from './matrix-findings.ts'

/** How it is printed. */
interface SinceOptions {
  readonly color: boolean
  readonly columns: number
  /** Path of the page. */
  readonly report: string | undefined
  /** There was an end to the time. */
  readonly hasBudget?: boolean
}

/** What was told of until now, to which the next matrix is held. */
export type Told = Pick<
  MatrixDocument,
  'findings' | 'weaknesses' | 'tests' | 'resilience' | 'vigilance' | 'contractCoverage'
>

/** @param before - What was told of before; what nothing can be said of now is there still, as far as anybody knows. */
export function toldAfter(before: Told | undefined, now: MatrixDocument): Told {
  if (!before) return now
  const isOpen = ({ test }: WeaknessDocument): boolean => isExcluded(now, test)
  return {
    ...now,
    findings: [...now.findings, ...findingsSince(before, now).unknown],
    weaknesses: [...now.weaknesses, ...before.weaknesses.filter(isOpen)],
  }
}

/** What a matrix shows that was not told of before, and the other way round. */
export function printSince(before: Told, now: MatrixDocument, options: SinceOptions): string {
  const paint = painter(options.color)
  const columns = Math.max(60, options.columns)
  const since = findingsSince(before, now)
  const { fresh, gone, unknown } = since
  const known = new Set(before.weaknesses.flatMap(({ cells }) => cells))
  const weaker = now.weaknesses.filter(({ cells }) => !cells.some((id) => known.has(id)))
  const ran = now.cells.filter(({ cached }) => !cached).length
  const more = fresh.length - mostFindings
  const lines = [
    paint(headline(since), 'bold'),
    ...fresh.slice(0, mostFindings).flatMap((finding, i) => ['', ...findingLines(finding, i + 1, columns, paint)]),
    ...(more > 0 ? ['', paint(`and ${more} more in the report`, 'dim')] : []),
    ...listed('No longer found:', gone, columns, paint),
    ...listed('Not known, as the test is not judged or there was no time:', unknown, columns, paint),
    ...weaknessLines(weaker, columns, paint),
    ...block(testLines(before, now, columns, paint)),
    ...block(shareLines(before, now)),
    ...block([...leftOutLines(now, options, columns, paint), ...editedLines(now, columns, paint)]),
    '',
    paint(`${ran} of ${plural(now.cells.length, 'cell')} run again, in ${duration(now.durationMs)}`, 'dim'),
    ...(options.report === undefined ? [] : [`All of it  ${paint(options.report, 'cyan')}`]),
  ]
  return `${lines.join('\n')}\n`
}

/** Findings held against those of the matrix before. */
interface FindingsSince {
  readonly fresh: readonly FindingDocument[]
  readonly gone: readonly FindingDocument[]
  /** Those of before of which nothing can be said. */
  readonly unknown: readonly FindingDocument[]
  readonly same: number
}

function findingsSince(before: Told, now: MatrixDocument): FindingsSince {
  const { entries, gone: missing } = compareAccepted(now.findings, before.findings)
  const isUnknown = ({ test, cells }: FindingDocument): boolean =>
    isExcluded(now, test) || now.leftOut.some(({ id }) => cells.includes(id))
  return {
    fresh: now.findings.filter(({ accepted }, i) => entries[i] === undefined && !accepted),
    gone: missing.filter((finding) => !isUnknown(finding)),
    unknown: missing.filter(isUnknown),
    same: now.findings.filter(({ accepted }, i) => entries[i] !== undefined || accepted).length,
  }
}

function headline({ fresh, gone, unknown, same }: FindingsSince): string {
  const changes = [
    ...(fresh.length > 0 ? [`${plural(fresh.length, 'finding')} new`] : []),
    ...(gone.length > 0 ? [`${plural(gone.length, 'finding')} gone`] : []),
    ...(unknown.length > 0 ? [`${plural(unknown.length, 'finding')} not known`] : []),
  ]
  if (changes.length === 0)
    return same === 0 ? 'Nothing bad was found, as before' : `${plural(same, 'finding')}, as before`
  return `${changes.join(', ')}${same > 0 ? `; ${same} as before` : ''}`
}

function listed(title: string, findings: readonly FindingDocument[], columns: number, paint: Paint): string[] {
  if (findings.length === 0) return []
  const lines = findings.map(({ sentence }) => `  - ${fit(printable(sentence), columns - 4)}`)
  return ['', paint(title, 'bold'), ...lines]
}

/** Tests that are not judged, whether or not that was told before: nothing is known of what they would show. */
function testLines(before: Told, now: MatrixDocument, columns: number, paint: Paint): string[] {
  return [
    ...now.tests.excluded
      .filter(({ state }) => state !== 'armed')
      .map(({ test, state, why }) =>
        fit(paint(`Not judged, ${state}: ${printable(test.name)}: ${printable(why)}`, 'yellow'), columns + 9),
      ),
    ...before.tests.excluded
      .filter(({ test }) => !isExcluded(now, test))
      .map(({ test }) => fit(paint(`No longer left out: ${printable(test.name)}`, 'green'), columns + 9)),
  ]
}

/** Of a file of which no test ran, which is told of by its own name, all tests are. */
function isExcluded({ tests }: MatrixDocument, { file, name }: FindingDocument['test']): boolean {
  const names = new Set([keyOfTest({ file, name }), keyOfTest({ file, name: file })])
  return tests.excluded.some((one) => names.has(keyOfTest(one.test)))
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

/** The numbers, where they are others than before. */
function shareLines(before: Told, now: MatrixDocument): string[] {
  const told = ({ good, of }: Share): string => `${good} of ${of}`
  return (
    [
      ['Resilience', before.resilience, now.resilience],
      ['Vigilance ', before.vigilance, now.vigilance],
      ['Contract  ', before.contractCoverage, now.contractCoverage],
    ] as const
  ).flatMap(([name, was, is]) => (told(was) === told(is) ? [] : [`${name} ${told(is)}, before ${told(was)}`]))
}
