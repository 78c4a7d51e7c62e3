import type { TestRef } from '../../../core/exchange.ts'
import type { TracedRead } from '../../../matrix/contract/traced-read.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { type Ran, runSuite, type Suite } from '../suite.ts'

/** Of each test, by its key, what it reads of answers. A test that does not bear being watched is not in it. */
export type Traces = ReadonlyMap<string, readonly TracedRead[]>

/** What a run is kept as in which reading was watched. */
export const tracedRun = { id: 'traced' } as const

/**
 * Runs tests once more with nothing going wrong, and watches what is read of answers. One that fails then is tried a
 * second time: it passes otherwise, and may have met a slow moment.
 *
 * @param files - All files of tests.
 */
export async function traceTests(suite: Suite, tests: readonly TestRef[], files: Iterable<string>): Promise<Traces> {
  // Reading can only be watched from within the process.
  if (suite.perProcess) return new Map()
  const { ahead, cache, signal } = suite
  await ahead?.hear()
  const known = (await cache?.find(tests.map((test) => ({ ...tracedRun, test })))) ?? []
  const seen = new Set(known.map(({ record }) => keyOfTest(record.test)))
  const only = tests.filter((test) => !seen.has(keyOfTest(test)))
  const all = [...new Set(files)]
  const run = async (some: readonly TestRef[]): Promise<readonly Ran[]> => {
    if (some.length === 0 || signal.aborted) return []
    const needed = new Set(some.map(({ file }) => file))
    const without = all.filter((file) => !needed.has(file))
    const plan = { version: 1, clean: 1, trace: true, only: some, without } as const
    const { ran } = await runSuite(suite, plan, ({ loaded }) => cache?.load(loaded))
    return ran.map((one) => ({ ...one, events: [], record: { ...one.record, ...tracedRun } }))
  }
  const first = await run(only)
  const second = await run(first.flatMap(({ record }) => (record.passed ? [] : [record.test])))
  const ran = [...new Map([...first, ...second].map((one) => [keyOfTest(one.record.test), one])).values()]
  cache?.keep(ran)
  return new Map(
    [...known, ...ran].flatMap(({ record: { test, passed, reads } }) =>
      passed && reads ? [[keyOfTest(test), reads] as const] : [],
    ),
  )
}
