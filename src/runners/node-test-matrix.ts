import type { TestContext } from 'node:test'
import type { TestRef } from '../core/exchange.ts'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'
import { readPlan } from '../run/matrix/plan-file.ts'
import type { InProcessRun } from './in-process-run.ts'
import { lengthenTimeout } from './lengthen-timeout.ts'
import type { BodyResult } from './run-cell.ts'
import { openTurns } from './run-turns.ts'

/** Runs each test of a file of `node:test` once for each of its cells, in the same process. */
export interface NodeTestMatrix {
  /**
   * How often a test has to be registered. Its suites are not known at that time, so it may be too often.
   *
   * @param name - Without those of its suites.
   */
  times(name: string): number
  /**
   * Runs a test once more, if there is anything left to run of it. What goes wrong in it does not fail it.
   *
   * @param timeoutMs - As the test has it; node itself is to let it take as long as it does.
   */
  run(context: TestContext, test: TestRef, body: () => unknown, timeoutMs: number | undefined): Promise<void>
}

/** How long a test may take that has no timeout, and one in which nothing goes wrong any more, milliseconds. */
const longestMs = 30_000
const freeMs = 3000

/** @param file - Of the tests, relative to the project. */
export function openNodeTestMatrix(planFile: string, attached: InProcessRun, file: string): NodeTestMatrix {
  const { clean, cells } = readPlan(planFile)
  const all = (cells ?? []).flatMap(({ cell: { test } }) => (test.file === file ? [test] : []))
  const own = [...new Map(all.map((test) => [test.name, test])).values()]
  const turns = openTurns(planFile, { attached, file })
  let before: Promise<unknown> = Promise.resolve()

  return {
    times(name) {
      if (!cells) return clean
      const alike = own.filter((test) => test.name === name || test.name.endsWith(` > ${name}`))
      return Math.max(0, ...alike.map((test) => turns.turnsOf(test).length))
    },
    run(context, test, body, timeoutMs) {
      const failed = watchSubtests(context)
      const known = { testTimeout: timeoutMs ?? longestMs }
      if (timeoutMs !== undefined) lengthenTimeout(known)
      const limitMs = known.testTimeout
      const task = { test, key: test.name, ...(timeoutMs !== undefined && { timeoutMs: limitMs }) }
      // What runs side by side shares its faults and its state.
      const next = before.then(async () => {
        const limit = openLimit(limitMs)
        await turns.run(task, (letGo) => limit.race(outcome(body, failed), letGo))
        limit.close()
      })
      before = next.catch(() => {})
      return next
    },
  }
}

interface Limit {
  /** @param letGo - After which a test has little time left. */
  race(ended: Promise<BodyResult>, letGo: AbortSignal): Promise<BodyResult>
  close(): void
}

/**
 * Node waits for a test for ever; what goes on in one that is given up is left alone, as other runners do. Call it before
 * time is passed in the test, as other timers than those of then are somebody's who goes on.
 */
function openLimit(ms: number): Limit {
  const over = Promise.withResolvers<BodyResult>()
  const giveUp = (): void => over.resolve({ passed: false, errors: [new Error('the test did not end in time')] })
  const timers = [realSetTimeout(giveUp, ms)]
  return {
    race(ended, letGo) {
      letGo.addEventListener('abort', () => timers.push(realSetTimeout(giveUp, freeMs)))
      return Promise.race([ended, over.promise])
    },
    close() {
      for (const timer of timers) realClearTimeout(timer)
    },
  }
}

async function outcome(body: () => unknown, failed: readonly unknown[]): Promise<BodyResult> {
  try {
    await body()
    return { passed: failed.length === 0, errors: failed }
  } catch (error) {
    return { passed: false, errors: [error, ...failed] }
  }
}

/** Node tells a test only after its end that one of its subtests has failed. @returns What they fail with. */
function watchSubtests(context: TestContext): readonly unknown[] {
  const failed: unknown[] = []
  const { test } = context
  const watched = (...args: unknown[]): unknown => {
    const body = args.at(-1)
    if (typeof body !== 'function') return Reflect.apply(test, context, args)
    const heard = async (inner: unknown): Promise<void> => {
      try {
        await Reflect.apply(body, undefined, [inner])
      } catch (error) {
        failed.push(error)
      }
    }
    return Reflect.apply(test, context, [...args.slice(0, -1), heard])
  }
  Object.defineProperty(context, 'test', { value: watched, configurable: true })
  return failed
}
