import type { TestRef } from '../../../core/exchange.ts'
import type { TracedRead } from '../../../matrix/contract/traced-read.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { type Ran, runSuite, type Suite } from '../suite.ts'

/** Of each test, by its key, what it reads of answers. A test that does not bear being watched is not in it. */
export type Traces = ReadonlyMap<string, readonly TracedRead[]>

/** What a run is kept as in which reading was watched. */
export const tracedRun = { id: 'traced' } as const

/**
 * Runs tests once more with nothing going wrong, and watches what is read of answers.
 *
 * @param files - All files of tests.
 */
export async function traceTests(suite: Suite, tests: readonly TestRef[], files: Iterable<string>): Promise<Traces> {
  // Reading can only be watched from within the process.
  if (suite.perProcess) return new Map()
  const { cache, signal } = suite
  const known = (await cache?.find(tests.map((test) => ({ ...tracedRun, test })))) ?? []
  const seen = new Set(known.map(({ record }) => keyOfTest(record.test)))
  const only = tests.filter((test) => !seen.has(keyOfTest(test)))
  const needed = new Set(only.map(({ file }) => file))
  const without = [...new Set(files)].filter((file) => !needed.has(file))
  const plan = { version: 1, clean: 1, trace: true, only, without } as const
  const fresh =
    only.length === 0 || signal.aborted ? [] : (await runSuite(suite, plan, ({ loaded }) => cache?.load(loaded))).ran
  const ran = fresh.map((one): Ran => ({ ...one, events: [], record: { ...one.record, ...tracedRun } }))
  cache?.keep(ran)
  return new Map(
    [...known, ...ran].flatMap(({ record: { test, passed, reads } }) =>
      passed && reads ? [[keyOfTest(test), reads] as const] : [],
    ),
  )
}
