import { notRecorded } from '../matrix/judgement.ts'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { orAskForReal } from '../run/matrix/unrecorded.ts'
import { type Paint, printable, wrap } from '../run/terminal-text.ts'
import { plural } from '../run/wording.ts'

/** How many questions are named that are not recorded. */
const mostQuestions = 2

/** Whether nothing is known of a cell because no recording answers what its fault has led to. */
export function isUnrecorded({ verdict, what }: MatrixDocument['cells'][number]): boolean {
  return verdict === 'not-applicable' && what === notRecorded
}

/** How many cells nothing is known of, what they asked, and what to do; nothing where there are none. */
export function unrecordedLines(all: MatrixDocument['cells'], columns: number, paint: Paint): string[] {
  const cells = all.filter(isUnrecorded)
  if (cells.length === 0) return []
  const counts = Map.groupBy(
    cells.flatMap(({ evidence }) => evidence),
    (question) => question,
  )
  const questions = [...counts].toSorted(([, a], [, b]) => b.length - a.length).map(([question]) => question)
  const more = questions.length - mostQuestions
  const named = [...questions.slice(0, mostQuestions), ...(more > 0 ? [`${more} more`] : [])].join(', ')
  const what = `${plural(cells.length, 'cell')} could not be judged, as ${notRecorded}${named === '' ? '' : ` (${named})`}`
  const line = `${what}; ${howToRecord(cells)}`
  return wrap(printable(line), columns).map((part) => paint(part, 'yellow'))
}

/** What records it, as far as it is known of whom the tests are. */
function howToRecord(cells: MatrixDocument['cells']): string {
  const { file } = cells[0]!.test
  if (/\.[cm]?[jt]sx?$/.test(file)) return 'record it: a test that asks it, or mortarTest.use(…)'
  if (file !== '') return 'record it: `MORTAR_RECORD=new mortar run`, with a test that asks it'
  // All that a command does without saying of which test it is replays one cassette.
  return `record it: \`MORTAR_RECORD=new mortar run -- COMMAND\`, with any command that asks it; ${orAskForReal}`
}
