import type { TestContext } from 'node:test'
import type { TestRef } from '../core/exchange.ts'
import { realNow } from '../core/real-clock.ts'
import { installProgramClock } from '../engine/clock/program-clock.ts'
import { appendResult, type PlannedCell, readPlan } from '../run/matrix/plan-file.ts'
import { watchCallStacks } from '../run/call-stacks.ts'
import type { InProcessRun } from './in-process-run.ts'
import { openOwnProcesses } from './own-processes.ts'
import { type BodyResult, runCell } from './run-cell.ts'

/** Runs each test of a file of `node:test` once for each of its cells, in the same process. */
export interface NodeTestMatrix {
  /**
   * How often a test has to be registered. Its suites are not known at that time, so it may be too often.
   *
   * @param name - Without those of its suites.
   */
  times(name: string): number
  /** Runs a test once more, if there is anything left to run of it. What goes wrong in it does not fail it. */
  run(context: TestContext, test: TestRef, body: () => unknown, timeoutMs: number | undefined): Promise<void>
}

/** @param file - Of the tests, relative to the project. */
export function openNodeTestMatrix(planFile: string, attached: InProcessRun, file: string): NodeTestMatrix {
  const { clean, cells, only, skip, until, realTime, trace } = readPlan(planFile)
  const programClock = cells && installProgramClock()
  const own = (cells ?? []).filter(({ cell }) => cell.test.file === file)
  const others = openOwnProcesses(planFile)
  // Before the program is loaded, whose connections may outlive every test.
  watchCallStacks()
  const done = new Map<string, number>()
  /** Tests that did not even go well by themselves. */
  const broken = new Set<string>()
  const cellsOf = ({ name }: TestRef): readonly PlannedCell[] => own.filter(({ cell }) => cell.test.name === name)
  let turn: Promise<unknown> = Promise.resolve()

  async function runNext(
    context: TestContext,
    test: TestRef,
    body: () => unknown,
    timeoutMs: number | undefined,
  ): Promise<void> {
    const at = done.get(test.name) ?? 0
    done.set(test.name, at + 1)
    const planned = at < clean ? undefined : cellsOf(test)[at - clean]
    const isWanted = (only === undefined || isAmong(only, test)) && !isAmong(skip, test)
    const isDone = cells ? cellsOf(test).length === 0 || (at >= clean && !planned) : at >= clean
    if (!isWanted || isDone || (planned && broken.has(test.name))) return
    if (until !== undefined && realNow() > until) return
    const id = planned?.cell.id ?? `clean-${at + 1}`
    appendResult(planFile, { t: 'began', id, test })
    const clock = trace || others.any || isAmong(realTime, test) ? undefined : programClock
    const failed = watchSubtests(context)
    const known = { test, id, struckElsewhere: others.struck, clock, timeoutMs, ...(trace && { trace }) }
    others.begin({ test, id, planned })
    const ran = others.end(
      await runCell(attached, { ...known, ...(planned && { planned }) }, () => outcome(body, failed)),
    )
    if (!planned && !ran.passed) broken.add(test.name)
    appendResult(planFile, ran)
  }

  return {
    times(name) {
      if (!cells) return clean
      const alike = Map.groupBy(
        own.filter(({ cell: { test } }) => test.name === name || test.name.endsWith(` > ${name}`)),
        ({ cell }) => cell.test.name,
      )
      const most = Math.max(0, ...Array.from(alike.values(), (some) => some.length))
      return most === 0 ? 0 : clean + most
    },
    run(context, test, body, timeoutMs) {
      // What runs side by side shares its faults and its state.
      const next = turn.then(() => runNext(context, test, body, timeoutMs))
      turn = next.catch(() => {})
      return next
    },
  }
}

function isAmong(tests: readonly TestRef[] | undefined, { file, name }: TestRef): boolean {
  return tests?.some((test) => test.file === file && test.name === name) ?? false
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
