import type { TestRef } from '../core/exchange.ts'
import { forgetExecuted } from './executed-functions.ts'
import { canRunFiles, forgetSources } from './file-again.ts'
import { tellThrough } from '../run/matrix/staying.ts'
import type { InProcessRun } from './in-process-run.ts'
import type { Pass } from './next-pass.ts'
import { hasStartedOthers } from './loaded-files.ts'
import { nextPlan } from './next-plan.ts'
import { openTurns } from './run-turns.ts'

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
  /**
   * The file is through. Resolves when it is known what this worker does next.
   *
   * @param runNext - Has a file run with modules evaluated anew, relative to the project. @returns Whether that can be had.
   */
  end(runNext: (file: string) => boolean): Promise<void>
}

/** By file, what is to be run with modules evaluated anew. This module may be one of them. */
const key = Symbol.for('mortar.matrix-passes')
const passes = ((globalThis as { [key]?: Map<string, Pass> })[key] ??= new Map())

/**
 * @param file - Of the tests, relative to the project.
 * @param nameOf - What the journal calls a test.
 */
export function openVitestMatrix(
  planFile: string,
  attached: InProcessRun,
  file: string,
  nameOf: (task: VitestTask) => string,
): VitestMatrix {
  const turns = openTurns(planFile, { attached, file, pass: passes.get(file), standIns: setupFiles() })
  passes.delete(file)
  const refOf = (task: VitestTask): TestRef => ({ file, name: nameOf(task) })

  function prepare(task: VitestTask): void {
    for (const child of task.tasks ?? []) prepare(child)
    // What runs side by side shares its faults and its state.
    task.concurrent = false
    if (task.type !== 'test' || (task.mode !== 'run' && task.mode !== 'queued')) return
    const { length } = turns.turnsOf(refOf(task))
    if (task.fails || length === 0) {
      task.mode = 'skip'
      return
    }
    task.retry = 0
    task.repeats = length - 1
  }

  return {
    prepare,
    async run(task, runIt) {
      const timeoutMs = (task.timeout ?? 0) > 0 ? task.timeout : undefined
      // Vitest fails what was not run; nobody looks at that.
      await turns.run({ test: refOf(task), key: task, timeoutMs }, async () => {
        // Of a turn before this one that was left to another worker, vitest 4 says that it was not run.
        clear(task)
        await runIt()
        const { state, errors } = task.result ?? { state: 'fail' }
        return { passed: state === 'pass', errors: errors ?? [] }
      })
      clear(task)
    },
    async end(runNext) {
      const pass = turns.next()
      if (pass && runNext(file)) return void passes.set(file, pass)
      // What others than this process read is told of the file for which it has started them.
      if (pass || turns.isLost || !canRunFiles() || hasStartedOthers()) {
        const { stays } = turns.pass.plan
        if (stays !== undefined) tellThrough(stays, file)
        return
      }
      const next = await nextPlan(planFile, turns.pass, file)
      if (!next) return
      forgetSources(next.changed ?? [])
      if (!runNext(next.file)) return
      forgetExecuted()
      process.env['MORTAR_MATRIX'] = next.planFile
      if (next.runDirectory !== undefined) process.env.MORTAR_RUN = next.runDirectory
      passes.set(next.file, next.pass)
    },
  }
}

/** Takes back what was said of a test until now. */
function clear({ result }: VitestTask): void {
  if (!result) return
  result.state = 'pass'
  delete result.errors
}

/** What a project sets up before its tests is no part of the program. */
function setupFiles(): readonly string[] {
  const worker = (globalThis as { __vitest_worker__?: { config?: { setupFiles?: readonly string[] } } })
    .__vitest_worker__
  return worker?.config?.setupFiles ?? []
}
