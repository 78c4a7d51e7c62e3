import type { MatrixDocument } from '../run/matrix/document.ts'
import { fit, type Paint, printable, wrap } from '../run/terminal-text.ts'

/** How many lines one test takes; what errors say can be of any length. */
const mostLines = 4

/** Tests that are not judged, and why. */
export function notJudgedLines({ tests }: Pick<MatrixDocument, 'tests'>, columns: number, paint: Paint): string[] {
  return tests.excluded.flatMap(({ test, state, why }) => {
    const text = printable(`Not judged, ${state}: ${test.name}: ${why}`)
    const [first = '', ...rest] = wrap(fit(text, (columns - 2) * mostLines), columns - 2)
    return [first, ...rest.map((line) => `  ${line}`)].map((line) => paint(line, 'yellow'))
  })
}
