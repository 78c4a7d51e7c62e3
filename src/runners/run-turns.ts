import { join } from 'node:path'
import type { TestRef } from '../core/exchange.ts'
import { realElapsed, realNow } from '../core/real-clock.ts'
import { installProgramClock } from '../engine/clock/program-clock.ts'
import { watchCallStacks } from '../run/call-stacks.ts'
import {
  appendResult,
  isBehind,
  isTaken,
  type PlannedCell,
  readPlan,
  type ResultLine,
  type RunRecord,
  runId,
  takeCell,
} from '../run/matrix/plan-file.ts'
import { tellBegun } from '../run/matrix/staying.ts'
import { letTimePass } from './cell-time.ts'
import type { InProcessRun } from './in-process-run.ts'
import { watchFunctions } from './executed-functions.ts'
import { isWatched, loadedTeller, workerModules } from './loaded-files.ts'
import { watchLoop } from './loop-watch.ts'
import { nextPass, type Pass } from './next-pass.ts'
import { openOwnProcesses } from './own-processes.ts'
import { type BodyResult, runCell } from './run-cell.ts'
import { failureOf, isAmong, type Turn, turnsOf } from './turns.ts'
import type { UsualHeld } from './watch-held.ts'

/** Runs what a plan wants of the tests of one file, one turn at a time, and writes down what came of it. */
export interface TurnRunner {
  /** What is wanted of a test; nothing of one that is left out. */
  turnsOf(test: TestRef): readonly Turn[]
  /** Runs the next turn of a test, if it would show anything. What goes wrong in it does not reject. */
  run(task: RunTask, body: (letGo: AbortSignal) => Promise<BodyResult>): Promise<void>
  /** What is left, for this file with its modules evaluated anew; `undefined`: that would show nothing more. */
  next(): Pass | undefined
  /** The one that is run now, with what it has shown. */
  readonly pass: Pass
  /** Nothing that this process goes on to show would be of use. */
  readonly isLost: boolean
}

/** A test that is to be run once more. */
export interface RunTask {
  readonly test: TestRef
  /** What turns are counted by: several tests may have one name. */
  readonly key: unknown
  /** How long its runner lets it take, milliseconds; left out: for ever. */
  readonly timeoutMs?: number | undefined
}

/** Where tests are run. */
export interface TurnOptions {
  readonly attached: InProcessRun
  /** Of the tests, relative to the project. */
  readonly file: string
  /** Set: it is not the first time in this process. */
  readonly pass?: Pass | undefined
  /** Files that stand in for others, absolute. */
  readonly standIns?: readonly string[]
}

/** So long may a cell let nothing else get its turn, milliseconds. */
const spinningMs = 5000

/** The same without a fault, where time is short: a quarter of it may be less. */
const leastSpinMs = 2000

/** The same without a fault, where a test has no end of its own, and while a file is loaded, which may start servers. */
const longestSpinMs = 50_000

/** After so long, what has only gone wrong for a while is over, milliseconds. */
const soonMs = 60_000

/** Call it before the program is loaded, whose connections may outlive every test. */
export function openTurns(planFile: string, { attached, file, pass, standIns }: TurnOptions): TurnRunner {
  const current = pass ?? { number: 1, plan: readPlan(planFile), doubted: [], wentWell: false }
  const { plan } = current
  const again = pass && { again: pass.number }
  // A worker that goes on to cells has packages by then that stay as they are.
  const programClock = plan.cells || plan.seats || plan.inTurn || plan.stays ? installProgramClock() : undefined
  if (plan.stays !== undefined) tellBegun(plan.stays, file)
  const write = (line: ResultLine): void => appendResult(planFile, line)
  const functions =
    plan.functions === undefined
      ? undefined
      : watchFunctions(attached.run.config.directory, { tell: write, isAnew: pass !== undefined })
  const tellLoaded = isWatched() ? loadedTeller(write, workerModules, functions?.modules) : undefined
  const others = openOwnProcesses(planFile)
  const loop = watchLoop(planFile)
  const loadMs = Math.max(spinningMs, 2 * (plan.mostSpinMs ?? longestSpinMs))
  loop.begin({ file: join(attached.run.config.directory, file), mostMs: Math.min(loadMs, longestSpinMs) })
  watchCallStacks()
  const begun = new Map<unknown, number>()
  /** Tests that did not even go well by themselves. */
  const unsound = new Map<unknown, TestRef>()
  /** Tests that cells have left something behind for, it is not known which. */
  const suspects = new Map<unknown, TestRef>()
  /** Of cells of which it is not known yet what they leave behind. */
  const held = new Map<unknown, RunRecord>()
  /** What each test crosses without a fault. */
  const crossed = new Map<unknown, ReadonlySet<string>>()
  /** Of cells that were not met by their fault, while it is not known what their test crosses without one. */
  const unmet = new Map<unknown, { readonly ran: RunRecord; readonly cell: PlannedCell['cell'] }[]>()
  /** What each test leaves open without a fault. */
  const usual = new Map<unknown, UsualHeld>()
  const leaking = new Set<string>()
  /** Cells of each test of which nothing has shown yet that they have left nothing behind, and since when. */
  const open = new Map<unknown, { readonly since: number; readonly ids: string[] }>()
  /** Tests of which cells were run. */
  const tried = new Set<unknown>()
  const done = new Set<string>()
  let isPoisoned = false
  let isLost = false
  let { wentWell } = current

  const cleanSpinMs = (timeoutMs: number = longestSpinMs): number =>
    plan.mostSpinMs === undefined
      ? Math.max(spinningMs, timeoutMs)
      : Math.max(leastSpinMs, Math.min(Math.max(spinningMs, timeoutMs), plan.mostSpinMs))

  const wantedOf = (test: TestRef): readonly Turn[] => {
    const isWanted = (plan.only === undefined || isAmong(plan.only, test)) && !isAmong(plan.skip, test)
    return isWanted ? turnsOf(plan, test) : []
  }

  /** @param cleanRunOf - The test, if nothing went wrong in it. @returns It with what was executed. */
  function withUses(record: RunRecord, cleanRunOf?: TestRef): RunRecord {
    const uses = functions?.end(cleanRunOf)
    return { ...record, ...(uses !== undefined && { uses }) }
  }

  function tell(record: RunRecord): void {
    // Who is told that it ran reads there what crossed, and the process may be ended before it would be written.
    attached.run.journal.flush()
    write(record)
    done.add(record.id)
  }

  /** Tells of cells that were not met by their fault, as it is known now what their test crosses without one. */
  function tellUnmet(key: unknown): void {
    for (const { ran, cell } of unmet.get(key) ?? []) {
      const isStranded = !isMet(key, cell)
      tell({ ...ran, ...(isStranded && { isStranded }) })
      isLost ||= isStranded
    }
    unmet.delete(key)
  }

  /** Whether a clean run before or behind the cells of a test shows anything, where others may have taken these. */
  function isWorthwhile(key: unknown, test: TestRef, id: string): boolean {
    if (isBehind({ id })) return tried.has(key)
    return (plan.cells ?? []).some(({ cell }) => isAmong([cell.test], test) && !isTaken(plan, cell.id))
  }

  /** Whether the program of this pass is known to cross the boundary of a cell. */
  function isMet(key: unknown, { boundary }: PlannedCell['cell']): boolean {
    return attached.servers?.find(boundary) !== undefined || (crossed.get(key)?.has(boundary) ?? false)
  }

  /** What is known by a run in which nothing went wrong. @returns Ids of cells that have left nothing behind. */
  function closed(key: unknown, passed: boolean): readonly string[] {
    const { ids = [] } = open.get(key) ?? {}
    if (!passed) return []
    open.set(key, { since: realElapsed(), ids: [] })
    return ids
  }

  /** What a run without a fault says of the cell before it. */
  function judgeBefore(key: unknown, { follows }: Turn, ran: RunRecord): void {
    if (!ran.passed && follows === 'at once') return
    const before = held.get(key)!
    tell(withUses({ ...before, ...(!ran.passed && { poisons: failureOf(ran) }), clears: [before.id] }))
    held.delete(key)
    isPoisoned = !ran.passed
  }

  return {
    turnsOf: wantedOf,
    get pass() {
      return { ...current, wentWell }
    },
    get isLost() {
      return isLost
    },
    async run({ test, key, timeoutMs }, body) {
      const at = begun.get(key) ?? 0
      begun.set(key, at + 1)
      const turn = wantedOf(test)[at]
      if (!turn || isPoisoned || isLost || unsound.has(key) || suspects.has(key)) return
      const { id, planned, follows, dueMs = 0 } = turn
      if (follows && !held.has(key)) return
      if (plan.until !== undefined && realNow() > plan.until) return
      if (!open.has(key)) open.set(key, { since: realElapsed(), ids: [] })
      if (realElapsed() - open.get(key)!.since < dueMs) return
      if (plan.taken !== undefined && !follows) {
        if (planned ? !takeCell(plan, id) : !isWorthwhile(key, test, id)) return
        if (planned) tried.add(key)
      }
      if (!follows) write({ t: 'began', id, test, ...again })
      const under = { test, id: runId({ id, ...again }), ...(planned && { planned }) }
      const clock = !plan.cells || others.any || isAmong(plan.realTime, test) ? undefined : programClock
      others.begin({ ...under, planned })
      if (!follows) functions?.begin()
      // What opens for a while, such as a breaker, has closed again by then.
      if (follows === 'later' && clock) await letTimePass(clock, soonMs)
      if (planned) loop.begin({ id, test, ...again, mostMs: Math.max(spinningMs, 3 * planned.cleanMs) })
      else if (!follows) loop.begin({ id, test, ...again, isClean: true, mostMs: cleanSpinMs(timeoutMs) })
      const shown = await runCell(
        attached,
        {
          ...under,
          ...(standIns && { standIns }),
          struckElsewhere: others.struck,
          clock,
          timeoutMs,
          goesOn: follows !== undefined,
          ...(plan.cells &&
            !follows && { holds: { usual: usual.get(key), tell: (held) => void usual.set(key, held), leaking } }),
          ...(plan.trace && { trace: plan.trace }),
          ...(plan.patient && { patient: plan.patient }),
        },
        body,
      )
      loop.end()
      const isUnmet = pass !== undefined && shown.struck === 0 && planned !== undefined && !isMet(key, planned.cell)
      const isStranded = isUnmet && crossed.has(key)
      const clears = planned || follows ? [] : closed(key, shown.passed)
      const ran: RunRecord = {
        ...others.end(shown),
        id,
        ...again,
        ...(isStranded && { isStranded }),
        ...(clears.length > 0 && { clears }),
      }
      tellLoaded?.(test.file)
      if (!planned) crossed.set(key, new Set(ran.asks.map(({ boundary }) => boundary)))
      isLost ||= isStranded
      if (follows) judgeBefore(key, turn, ran)
      else if (isUnmet && !isStranded)
        unmet.set(key, [...(unmet.get(key) ?? []), { ran: withUses(ran), cell: planned.cell }])
      else if (planned && !isLost && isAmong(plan.suspects, test)) held.set(key, ran)
      else tell(withUses(ran, planned ? undefined : test))
      if (planned && !held.has(key)) open.get(key)!.ids.push(id)
      if (planned) return
      tellUnmet(key)
      wentWell ||= ran.passed
      if (follows || ran.passed) return
      if (!isBehind(turn)) return void unsound.set(key, test)
      suspects.set(key, test)
      for (const one of open.get(key)!.ids) done.delete(one)
    },
    next: () =>
      isLost
        ? undefined
        : nextPass({ ...current, wentWell }, file, {
            done,
            isPoisoned,
            suspects: [...suspects.values()],
            unsound: [...unsound.values()],
          }),
  }
}
