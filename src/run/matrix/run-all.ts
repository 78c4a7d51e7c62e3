import { relative, sep } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { MatrixPlan } from './plan-file.ts'
import { runSuite, type Suite, type SuiteRun } from './suite.ts'

/** A test that took its process with it. */
export interface UnendedTest {
  readonly test: TestRef
  readonly why: string
}

/** Of the time that there is, what one test may take in which nothing else gets its turn. */
export const spinShare = 0.25

/** A file as the journal names it. */
export function inProject(directory: string, file: string): string {
  return relative(directory, file).split(sep).join('/')
}

/** What all tests showed. */
export interface AllRun {
  readonly run: SuiteRun
  readonly unended: readonly UnendedTest[]
}

/**
 * Runs all tests without a fault. Those behind one that took its process with it are run without that one.
 *
 * @param until - After which nothing more is begun, milliseconds since the epoch.
 */
export async function runAll(
  suite: Suite,
  plan: MatrixPlan,
  until: number = Number.POSITIVE_INFINITY,
): Promise<AllRun> {
  const unended = new Map<string, UnendedTest>()
  const seen = new Map<string, TestRef>()
  const blocked = new Set<string>()
  const runs: [SuiteRun, ...SuiteRun[]] = [(await suite.staying?.first(suite, plan)) ?? (await runSuite(suite, plan))]
  for (;;) {
    const { ran, died, broken, stuck, grown } = runs.at(-1)!
    for (const { file, isBlocked } of broken) if (isBlocked) blocked.add(inProject(suite.config.directory, file))
    const ended = ran.flatMap(({ record: { isEnded, test } }) => (isEnded ? [test] : []))
    const why = stuck ? 'it never ended, and its process had to be ended' : (grown ?? 'its process ended before it did')
    for (const { record } of ran) seen.set(keyOfTest(record.test), record.test)
    for (const { test } of died) {
      // Whoever shared a process that had to be ended may have done nothing.
      if (ended.length > 0) continue
      unended.set(keyOfTest(test), { test, why })
      seen.set(keyOfTest(test), test)
    }
    const again = new Set([...ended, ...died.map(({ test }) => test)].map(({ file }) => file))
    const isCut = broken.some(({ isBlocked }) => isBlocked)
    if ((again.size === 0 && !isCut) || suite.signal.aborted || realNow() > until) break
    const through = [...seen.values()].flatMap(({ file }) => (again.has(file) ? [] : [file]))
    const rest = {
      ...plan,
      // Of what is left, as several may block.
      ...(plan.mostSpinMs !== undefined && { mostSpinMs: Math.max(0, until - realNow()) * spinShare }),
      skip: [...(plan.skip ?? []), ...seen.values()],
      without: [...new Set([...(plan.without ?? []), ...through, ...blocked])],
    }
    runs.push(await runSuite(suite, rest))
  }
  const run = {
    ...runs[0],
    ran: runs.flatMap(({ ran }) => ran),
    died: runs.flatMap(({ died }) => died),
    loaded: runs.flatMap(({ loaded }) => loaded),
    broken: runs.flatMap(({ broken }) => broken),
  }
  return { run, unended: [...unended.values()] }
}
