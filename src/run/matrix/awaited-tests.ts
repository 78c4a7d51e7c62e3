import { listOf } from '../../matrix/findings.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { journalName, type ResultLine } from './plan-file.ts'
import type { Awaited } from './tell-waiting.ts'

/** What a process is waited for that tells of its tests, by what it has told. */
export function awaitedTests(lines: readonly ResultLine[]): Awaited {
  const ended = new Set(lines.flatMap((line) => (line.t === 'ran' ? [keyOfTest(journalName(line))] : [])))
  const begun = lines.filter((line) => line.t === 'began')
  const left = begun.filter((line) => !ended.has(keyOfTest(journalName(line))))
  const names = [...new Set(left.map(({ test }) => test.name))]
  if (names.length > 0) return { what: listOf(names), why: '' }
  if (begun.length > 0) return { what: 'what comes behind the last test', why: '' }
  const isAttached = lines.some(({ t }) => t === 'attached')
  return { what: isAttached ? 'the first test' : 'the test command, which has told of no test yet', why: '' }
}
