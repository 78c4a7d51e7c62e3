import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { type Baseline, makeBaseline, referenceOf } from '../../matrix/baseline.ts'
import { findFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Observation } from '../../matrix/observation.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { PlannedCell } from './plan-file.ts'
import { type Ran, runSuite, type Suite, type SuiteRun } from './suite.ts'

/** What is to be run. */
export interface ExecuteOptions {
  readonly cells: readonly Cell[]
  readonly baselines: readonly Baseline[]
  /** After which nothing more is begun, milliseconds since the epoch. */
  readonly until: number | undefined
  readonly onProgress: (line: string) => void
  /** Hears all that is known each time more of it is. */
  readonly onRan?: (ran: ReadonlyMap<string, Ran>) => void
}

/** What a cell may take besides three times what its test takes, milliseconds. */
const graceMs = 5000

/** Where the program is not kept waiting it is the test that waits, and it is to say for what. */
const patientGraceMs = 20_000

function plannedCell(cell: Cell, { durationMs: cleanMs }: Baseline): PlannedCell {
  const stalls = findFault(cell.fault)?.stalls === true
  return { cell, deadlineMs: 3 * cleanMs + (stalls ? graceMs : patientGraceMs), cleanMs, stalls }
}

/**
 * Runs cells, as many as possible in one process. What took its process with it counts as seen, and the rest is run in
 * a fresh one; so are the cells of a test that did not even go well by itself any more.
 *
 * @returns By the cell's id; what could not be run is not in it.
 */
export async function executeCells(suite: Suite, options: ExecuteOptions): Promise<ReadonlyMap<string, Ran>> {
  const { cells, baselines, until, onProgress } = options
  const byTest = new Map(baselines.map((baseline) => [keyOfTest(baseline.test), baseline]))
  const found = new Map<string, Ran>()
  const realTime = new Map<string, TestRef>()
  let left = cells
  while (left.length > 0 && !suite.signal.aborted && realNow() < (until ?? Number.POSITIVE_INFINITY)) {
    const run = await runSuite(suite, {
      version: 1,
      clean: 1,
      cells: left.map((cell) => plannedCell(cell, byTest.get(keyOfTest(cell.test))!)),
      realTime: [...realTime.values()],
      ...(until !== undefined && { until }),
    })
    const before = found.size
    // A process of its own has nothing to remember.
    const sound = suite.perProcess ? new Set(byTest.keys()) : soundTests(run, byTest)
    for (const one of run.ran) if (sound.has(keyOfTest(one.record.test))) keep(found, one, left)
    for (const one of run.died) if (!suite.signal.aborted) keep(found, dead(one, run.stuck), left)
    left = left.filter(({ id }) => !found.has(id))
    options.onRan?.(found)
    // What did not even go well by itself may be at odds with the clock.
    const inRealTime = realTime.size
    for (const { record } of run.ran) {
      const key = keyOfTest(record.test)
      if (!sound.has(key)) realTime.set(key, record.test)
    }
    onProgress(`${found.size} of ${cells.length} cells run`)
    if (found.size === before && realTime.size === inRealTime) break
  }
  return found
}

/** The tests that went as ever when nothing was wrong. */
function soundTests({ ran }: SuiteRun, baselines: ReadonlyMap<string, Baseline>): ReadonlySet<string> {
  return new Set(
    ran.flatMap(({ record, observation }) => {
      const baseline = baselines.get(keyOfTest(record.test))
      if (!record.id.startsWith('clean-') || !baseline) return []
      const { state } = makeBaseline(record.test, [referenceOf(baseline), observation])
      return state === 'stable' ? [keyOfTest(record.test)] : []
    }),
  )
}

function keep(found: Map<string, Ran>, one: Ran, wanted: readonly Cell[]): void {
  if (wanted.some(({ id }) => id === one.record.id)) found.set(one.record.id, one)
}

/** A cell whose process ended, by itself or because nothing came of it any more. */
function dead({ id, test }: SuiteRun['died'][number], stuck: boolean): Ran {
  const record = {
    t: 'ran',
    id,
    test,
    passed: false,
    ended: stuck ? 'late' : 'died',
    errors: [],
    uncaught: [],
    durationMs: 0,
    struck: 1,
    missed: false,
    steps: [],
    asks: [],
    refusals: 0,
  } as const
  const observation: Observation = { ...record, leftBehind: [], moments: [] }
  return { record, observation }
}
