import { expiredText, unusedText } from '../../../matrix/allow.ts'
import { editedText } from '../edited.ts'
import { duration, plural } from '../../wording.ts'
import type { MatrixDocument } from '../document.ts'
import { text } from './html-text.ts'

/** So many of what was left out are named. */
const mostNamed = 200

/** What was not judged and why, what was left out, and what was not run anew. */
export function noteSection({
  tests,
  expiredRules,
  unusedRules = [],
  unconfirmed,
  leftOut,
  leftOutPairs = [],
  blockedMs = 0,
  edited = [],
  noLongerFound,
  cells,
  state,
}: MatrixDocument): string {
  const cached = cells.filter(({ cached }) => cached).length
  const said = [
    ...tests.excluded.map(({ test, state: how, why }) => `Not judged, ${how}: ${test.name}: ${why}`),
    ...expiredRules.map(expiredText),
    ...unusedRules.map(unusedText),
    ...(edited.length > 0 ? [editedText(edited)] : []),
    ...noLongerFound.map(({ sentence }) => `Accepted, and not found any more: ${sentence}`),
    ...(unconfirmed > 0 ? [`${plural(unconfirmed, 'bad verdict')} did not show again, and is not counted.`] : []),
    ...(blockedMs > 0 ? [`Of the time that there was, what blocks its process took ${duration(blockedMs)}.`] : []),
    ...(cached > 0
      ? [`${plural(cached, 'cell')} had not changed since they were last run, and come from the cache.`]
      : []),
  ]
  const notes = said.map((note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}`)
  const list = notes.length === 0 ? '' : `<ul>${notes.map((note) => `<li>${text(note)}</li>`).join('')}</ul>`
  if (state === 'running') return list
  const pairs = Map.groupBy(leftOutPairs, (one) => one.why)
  return [
    list,
    leftOutBlock('left-out', leftOut, `${plural(leftOut.length, 'cell')} were not run`),
    ...[...pairs].map(([why, some]) =>
      leftOutBlock(
        `left-out-${why.replaceAll(' ', '-')}`,
        some,
        `${plural(some.length, 'pair')} of faults were not run, as there are ${why}`,
      ),
    ),
  ].join('')
}

/** What was not run, by where it would have struck. */
function leftOutBlock(id: string, leftOut: MatrixDocument['leftOut'], summary: string): string {
  if (leftOut.length === 0) return ''
  const groups = Map.groupBy(leftOut, ({ boundary, operation }) => `${boundary} ${operation}`)
  const items = [...groups].slice(0, mostNamed).map(([name, some]) => {
    const faults = [...new Set(some.map(({ fault }) => fault))]
    const tests = [...new Set(some.map(({ test }) => `"${test.name}"`))]
    const of = some.some(({ after }) => after) ? `, in ${tests.join(', ')}` : ''
    return `<li><code>${text(name)}</code>: ${text(`${faults.join(', ')}${of}`)}</li>`
  })
  const more = groups.size > mostNamed ? `<p>And ${plural(groups.size - mostNamed, 'operation')} more.</p>` : ''
  return `<details id="${id}"><summary>${summary}</summary><ul>${items.join('')}</ul>${more}</details>`
}
