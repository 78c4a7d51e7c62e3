import type { FindingDocument, WeaknessDocument } from '../run/matrix/document.ts'
import { fit, pad, type Paint, printable, wrap } from '../run/terminal-text.ts'
import { plural } from '../run/wording.ts'
import { timelineRows } from './matrix-timelines.ts'

/** How many are shown; all of them are on the page. */
export const mostFindings = 10

/** Of how many findings it is shown what crossed; of all it is on the page. */
const shownTimelines = 3

/** One finding, with what crossed where it is among the first. @param number - Its place, from 1. */
export function findingLines(finding: FindingDocument, number: number, columns: number, paint: Paint): string[] {
  const { sentence, verdict, oracle, test, expected, reproduce, clean, faulted, cells } = finding
  const [first = '', ...rest] = wrap(printable(sentence), columns - 4)
  const others = cells.length > 1 ? `, and ${plural(cells.length - 1, 'cell')} like it` : ''
  return [
    `${pad(`${number}.`, 3)} ${paint(first, 'bold')}`,
    ...rest.map((line) => `    ${paint(line, 'bold')}`),
    `    ${paint(verdict, 'red')} (${oracle}) in ${fit(printable(`"${test.name}"`), columns - 30)}${others}`,
    ...(finding.newAt ?? []).map((one) => fit(printable(`    new at ${one}: what was accepted is at others`), columns)),
    ...(number > shownTimelines ? [] : timelineRows(clean, faulted, columns - 4)).map(
      (line) => `    ${paint(line, 'dim')}`,
    ),
    ...wrap(`Good: ${expected}`, columns - 4).map((line) => `    ${line}`),
    `    ${paint(reproduce, 'cyan')}`,
  ]
}

/** What failed in order, though good code makes nothing of it: no bug by itself, and not counted. */
export function weaknessLines(weaknesses: readonly WeaknessDocument[], columns: number, paint: Paint): string[] {
  if (weaknesses.length === 0) return []
  const shown = weaknesses.slice(0, mostFindings)
  const more = weaknesses.length - shown.length
  return [
    '',
    paint('Not robust, though nothing worse happened (not counted as bad):', 'bold'),
    ...shown.flatMap(({ sentence, reproduce }) => [
      ...wrap(printable(sentence), columns - 4).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`),
      `    ${paint(reproduce, 'cyan')}`,
    ]),
    ...(more > 0 ? [paint(`    and ${more} more in the report`, 'dim')] : []),
  ]
}
