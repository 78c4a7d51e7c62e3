import { mostFaults, mostPairs } from '../matrix/pairs.ts'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { type Paint, printable, wrap } from '../run/terminal-text.ts'
import { editedText } from '../run/matrix/edited.ts'
import { duration, plural } from '../run/wording.ts'

/** Of how many tests it is said that cells of theirs were left out. */
const mostLeftOut = 3

/** What is left out of a document. */
type LeftOut = Pick<MatrixDocument, 'leftOut' | 'leftOutPairs' | 'state' | 'blockedMs'>

/** Cells that were not run: why, and of which tests. */
export function leftOutLines(
  document: LeftOut,
  { hasBudget = false }: { readonly hasBudget?: boolean },
  columns: number,
  paint: Paint,
): string[] {
  const { leftOut, leftOutPairs = [], state } = document
  const isOdd = !hasBudget && state === 'finished' && (document.blockedMs ?? 0) === 0
  const why = isOdd ? ', as the tests did not go well by themselves any more behind others' : blockedText(document)
  const byWhy = Map.groupBy(leftOutPairs, (one) => one.why)
  const inAll = byWhy.get('enough in all') ?? []
  const atOne = byWhy.get('enough at its exchange') ?? []
  return [
    ...block(leftOut, `${notRun(leftOut, 'cell')}${why}`, columns),
    ...block(inAll, `${notRun(inAll, 'pair')}, as no more than ${mostPairs} are tried`, columns),
    ...block(atOne, `${notRun(atOne, 'pair')}, as no more than ${mostFaults} are tried at one exchange`, columns),
  ].map((line) => paint(line, 'yellow'))
}

/** Nobody knows which runs have seen what. */
export function editedLines({ edited = [] }: Pick<MatrixDocument, 'edited'>, columns: number, paint: Paint): string[] {
  if (edited.length === 0) return []
  return wrap(printable(editedText(edited)), columns).map((line) => paint(line, 'yellow'))
}

function notRun(some: readonly unknown[], name: string): string {
  const what = name === 'pair' ? `${plural(some.length, name)} of faults` : plural(some.length, name)
  return `Left out: ${what} ${some.length === 1 ? 'was' : 'were'} not run`
}

/** Nothing where nothing was left out. */
function block(leftOut: MatrixDocument['leftOut'], head: string, columns: number): string[] {
  if (leftOut.length === 0) return []
  const byTest = Map.groupBy(leftOut, ({ test }) => test.name)
  const most = [...byTest].toSorted(([, a], [, b]) => b.length - a.length)
  const tests = most.slice(0, mostLeftOut).map(([name, some]) => `${some.length} of "${name}"`)
  const more = most.length > mostLeftOut ? `, and those of ${plural(most.length - mostLeftOut, 'other test')}` : ''
  return [
    ...wrap(printable(head), columns),
    ...wrap(printable(`${tests.join(', ')}${more}`), columns - 2).map((line) => `  ${line}`),
  ]
}

/** Why time was short, if it was not only that there is so much to run. */
function blockedText({ blockedMs = 0 }: LeftOut): string {
  return blockedMs === 0 ? '' : `; what blocks its process took ${duration(blockedMs)} of the time`
}
