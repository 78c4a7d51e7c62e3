import type { Summary, TestSummary } from './summary/types.ts'
import { fit, type Paint, printable, wrap } from './terminal-text.ts'
import { plural } from './wording.ts'

const shownTests = 10

/** Which boundary broke in each failed test, and where its timeline is: the first ten. */
export function brokenList({ tests }: Summary, columns: number, paint: Paint): readonly string[] {
  const broken = tests.filter(({ diagnosis }) => diagnosis !== null)
  if (broken.length === 0) return []
  const more = broken.length - shownTests
  return [
    paint('What broke', 'bold'),
    ...broken.slice(0, shownTests).flatMap((test) => brokenTest(test, columns, paint)),
    ...(more > 0 ? [paint(`  and in ${plural(more, 'more failed test')}, told in the report`, 'dim')] : []),
  ]
}

function brokenTest({ test, diagnosis, artifacts }: TestSummary, columns: number, paint: Paint): readonly string[] {
  const { boundary, kind, because } = diagnosis!
  const name = test ? [test.file, test.name || '(no name)'].filter(Boolean).join(' > ') : 'the test command'
  const where = boundary === null ? kind : `${printable(boundary)} · ${kind}`
  return [
    `${paint('✗', 'bold', 'red')} ${fit(printable(name), columns - 2)}`,
    `    ${paint(fit(where, columns - 4), 'bold')}`,
    ...wrap(printable(because), columns - 4)
      .slice(0, 4)
      .map((line) => `    ${fit(line, columns - 4)}`),
    // A path is never cut, so that it can be opened.
    ...(artifacts === null ? [] : [`    ${paint(printable(artifacts), 'cyan')}`]),
  ]
}
