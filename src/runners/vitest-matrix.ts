import type { TestRef } from '../core/exchange.ts'
import { realNow } from '../core/real-clock.ts'
import { installProgramClock } from '../engine/clock/program-clock.ts'
import { appendResult, readPlan, type RunRecord } from '../run/matrix/plan-file.ts'
import { watchCallStacks } from '../run/call-stacks.ts'
import type { InProcessRun } from './in-process-run.ts'
import { loadedTeller } from './loaded-files.ts'
import { openOwnProcesses } from './own-processes.ts'
import { letTimePass } from './cell-time.ts'
import { type BodyResult, runCell } from './run-cell.ts'
import { watchLoop } from './loop-watch.ts'
import { failureOf, isAmong, turnsOf } from './turns.ts'
import { lengthenedMs, timeoutVariable } from './lengthen-timeout.ts'

/** The parts of vitest's tasks that are read and changed. */
export interface VitestTask {
  readonly type: string
  readonly name: string
  readonly suite?: VitestTask | undefined
  readonly tasks?: readonly VitestTask[]
  readonly timeout?: number
  readonly fails?: boolean | undefined
  mode?: string
  repeats?: number
  retry?: unknown
  concurrent?: boolean
  result?: { state: string; errors?: unknown[] | undefined } | undefined
}

/** Runs each test of a file once for each of its cells, in the same process. */
export interface VitestMatrix {
  /** Has vitest run each test as often as the plan says; those without cells are left out. */
  prepare(suite: VitestTask): void
  /** Runs a test once more. What goes wrong in it does not stop the file. */
  run(task: VitestTask, runIt: () => Promise<void>): Promise<void>
}

/** So long may a cell let nothing else get its turn, milliseconds. */
const spinningMs = 5000

/** After so long, what has only gone wrong for a while is over, milliseconds. */
const soonMs = 60_000

/** @param refOf - What the journal calls a test. */
export function openVitestMatrix(
  planFile: string,
  attached: InProcessRun,
  refOf: (task: VitestTask) => TestRef,
): VitestMatrix {
  const plan = readPlan(planFile)
  const standIns = setupFiles()
  const programClock = plan.cells && installProgramClock()
  const tellLoaded = loadedTeller((told) => appendResult(planFile, told))
  const others = openOwnProcesses(planFile)
  const loop = watchLoop(planFile)
  const ownTimeoutMs = Number(process.env[timeoutVariable] ?? 0)
  // Before the program is loaded, whose connections may outlive every test.
  watchCallStacks()
  const done = new Map<VitestTask, number>()
  /** Tests that did not even go well by themselves. */
  const broken = new Set<VitestTask>()
  /** Of cells of which it is not known yet what they leave behind. */
  const held = new Map<VitestTask, RunRecord>()

  function prepare(task: VitestTask): void {
    for (const child of task.tasks ?? []) prepare(child)
    // What runs side by side shares its faults and its state.
    task.concurrent = false
    if (task.type !== 'test' || (task.mode !== 'run' && task.mode !== 'queued')) return
    const test = refOf(task)
    const turns = turnsOf(plan, test)
    const isWanted = (plan.only === undefined || isAmong(plan.only, test)) && !isAmong(plan.skip, test)
    if (task.fails || !isWanted || turns.length === 0) {
      task.mode = 'skip'
      return
    }
    task.retry = 0
    task.repeats = turns.length - 1
  }

  async function run(task: VitestTask, runIt: () => Promise<void>): Promise<void> {
    const test = refOf(task)
    const at = done.get(task) ?? 0
    done.set(task, at + 1)
    const turn = turnsOf(plan, test)[at]
    // Vitest fails what was not run; nobody looks at that.
    if (!turn || broken.has(task)) return
    const { id, planned, follows } = turn
    if (follows && !held.has(task)) return
    if (plan.until !== undefined && realNow() > plan.until) return
    if (!follows) appendResult(planFile, { t: 'began', id, test })
    const body = async (): Promise<BodyResult> => {
      await runIt()
      const { state, errors } = task.result ?? { state: 'fail' }
      return { passed: state === 'pass', errors: errors ?? [] }
    }
    const clock = isAmong(plan.realTime, test) || others.any ? undefined : programClock
    const timeoutMs = (task.timeout ?? 0) > 0 ? task.timeout : undefined
    const known = {
      test,
      id,
      standIns,
      struckElsewhere: others.struck,
      clock,
      timeoutMs,
      ...(timeoutMs === lengthenedMs(ownTimeoutMs) && { ownTimeoutMs }),
      goesOn: follows !== undefined,
      ...(plan.trace && { trace: plan.trace }),
      ...(plan.patient && { patient: plan.patient }),
    }
    others.begin({ test, id, planned })
    // What opens for a while, such as a breaker, has closed again by then.
    if (follows === 'later' && clock) await letTimePass(clock, soonMs)
    if (planned) loop.begin({ id, test, mostMs: Math.max(spinningMs, 3 * planned.cleanMs) })
    const ran = others.end(await runCell(attached, { ...known, ...(planned && { planned }) }, body))
    loop.end()
    tellLoaded(test.file)
    if (planned && isAmong(plan.suspects, test)) held.set(task, ran)
    else if (!follows) appendResult(planFile, ran)
    else if (ran.passed || follows === 'later') {
      appendResult(planFile, { ...held.get(task)!, ...(!ran.passed && { poisons: failureOf(ran) }) })
      held.delete(task)
    }
    if (!planned && !ran.passed && follows !== 'at once') broken.add(task)
    if (task.result) {
      task.result.state = 'pass'
      delete task.result.errors
    }
  }

  return { prepare, run }
}

/** What a project sets up before its tests is no part of the program. */
function setupFiles(): readonly string[] {
  const worker = (globalThis as { __vitest_worker__?: { config?: { setupFiles?: readonly string[] } } })
    .__vitest_worker__
  return worker?.config?.setupFiles ?? []
}
