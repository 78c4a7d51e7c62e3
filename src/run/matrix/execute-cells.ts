import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { type Baseline, isAsUsual, referenceOf, usualBytesOf, usualMsOf } from '../../matrix/baseline.ts'
import { findFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Observation } from '../../matrix/observation.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { nextCells } from './next-cells.ts'
import { isBehind, isClean, type MatrixPlan, type PlannedCell } from './plan-file.ts'
import { openProving } from './proving.ts'
import { afresh, type Ran, runSuite, type Suite, type SuitePart, type SuiteRun } from './suite.ts'
import { plural } from '../wording.ts'

/** What is to be run. */
export interface ExecuteOptions {
  readonly cells: readonly Cell[]
  /** What progress calls one of them (default: a cell). */
  readonly name?: string
  readonly baselines: readonly Baseline[]
  /** After which nothing more is begun, milliseconds since the epoch. */
  readonly until: number | undefined
  readonly onProgress: (line: string) => void
  /** How long cells took before, by id, milliseconds; left out: as long as the cache says. */
  readonly tookMs?: ReadonlyMap<string, number>
  /** Set: what could not be run at the first attempt is left to whoever asks for it later. */
  readonly isGuess?: true
  /** Hears all that is known each time more of it is. */
  readonly onRan?: (ran: ReadonlyMap<string, Ran>) => void
}

/** What a cell may take besides three times what its test takes, milliseconds. */
const graceMs = 5000

/** Where the program is not kept waiting it is the test that waits, and it is to say for what. */
const patientGraceMs = 20_000

/** Nobody puts the clock of another process forward, and many a timeout there is half a minute. */
const processGraceMs = 35_000

function plannedCell(
  cell: Cell,
  baseline: Baseline,
  { perProcess, patient, cache }: Suite,
  took: ExecuteOptions['tookMs'],
): PlannedCell {
  const { durationMs: cleanMs } = baseline
  const cleanAsks = referenceOf(baseline).moments.length
  const { stalls = false, lingers } = findFault(cell.fault) ?? {}
  const stalledMs = perProcess ? processGraceMs : patient ? patientGraceMs : graceMs
  const deadlineMs = 3 * cleanMs + (stalls ? stalledMs : patientGraceMs)
  const cleanBytes = usualBytesOf(baseline)
  const tookMs = took?.get(cell.id) ?? cache?.tookMs(cell)
  return {
    cell,
    deadlineMs,
    cleanMs,
    usualMs: usualMsOf(baseline),
    ...(tookMs !== undefined && { tookMs }),
    cleanAsks,
    ...(cleanBytes > 0 && { cleanBytes }),
    stalls,
    ...(lingers && { lingers }),
  }
}

/**
 * Runs cells, as many as possible in one process. What took its process with it counts as seen, and the rest is run in
 * a fresh one; so are the cells of a test that did not even go well by itself any more.
 *
 * @returns By the cell's id; what could not be run is not in it.
 */
export async function executeCells(suite: Suite, options: ExecuteOptions): Promise<ReadonlyMap<string, Ran>> {
  const { cells, name = 'cell', baselines, until, isGuess = false, onProgress, onRan = () => {} } = options
  const { ahead, cache, signal } = suite
  const byTest = new Map(baselines.map((baseline) => [keyOfTest(baseline.test), baseline]))
  const doubted = new Map<string, TestRef>()
  const realTime = new Map<string, TestRef>()
  const suspects = new Map<string, TestRef>()
  const files = new Set(baselines.map(({ test }) => test.file))
  const told = (): string => `${found.size} of ${plural(cells.length, name)}`
  const isAhead = ({ id }: Cell): boolean => ahead?.cells.has(id) ?? false
  const before = await cache?.find(cells.filter((cell) => !isAhead(cell)))
  const found = new Map<string, Ran>(before?.map((one) => [one.record.id, one]))
  if (found.size > 0) {
    onProgress(`${told()} known from earlier runs`)
    onRan(found)
  }
  const proving = openProving(cache)
  let isOdd = false

  async function execute(some: readonly Cell[]): Promise<void> {
    let left = some.filter(({ id }) => !found.has(id))
    while (left.length > 0 && !signal.aborted && realNow() < (until ?? Number.POSITIVE_INFINITY)) {
      const now = suite.perProcess ? left : nextCells(left, { baselines: byTest, suspects, until })
      const wanted = new Set(now.map(({ id }) => id))
      const needed = new Set(now.map(({ test }) => test.file))
      const count = left.length
      // A process of its own has nothing to remember.
      const sound = new Set(suite.perProcess ? byTest.keys() : [])
      let heard: readonly Ran[] = []
      /** One of its cells has left something behind, and the others may have met it. */
      const takeBack = (test: TestRef): void => {
        const key = keyOfTest(test)
        suspects.set(key, test)
        const isOpen = ({ id, test: own }: Pick<Cell, 'id' | 'test'>): boolean =>
          keyOfTest(own) === key && !proving.isProved(id)
        heard = heard.filter(({ record }) => !isOpen(record))
        for (const cell of now) if (isOpen(cell)) found.delete(cell.id)
        proving.takeBack(test)
      }
      const take = ({ ran, loaded }: SuitePart): void => {
        cache?.load(loaded)
        for (const test of soundTests(ran, byTest)) sound.add(test)
        proving.prove(ran)
        for (const one of ran) {
          if (one.record.isStranded) isOdd = true
          else if (wanted.has(one.record.id)) heard = [...heard, one]
          if (isBehind(one.record) && !one.record.passed) takeBack(one.record.test)
        }
        const fresh = heard.filter(({ record }) => sound.has(keyOfTest(record.test)))
        heard = heard.filter(({ record }) => !sound.has(keyOfTest(record.test)))
        for (const one of fresh) found.set(one.record.id, one)
        proving.take(fresh, now, suite.perProcess)
        if (fresh.length > 0) onRan(found)
      }
      const plan: MatrixPlan = {
        version: 1,
        clean: 1,
        cells: now.map((cell) => plannedCell(cell, byTest.get(keyOfTest(cell.test))!, suite, options.tookMs)),
        realTime: [...realTime.values()],
        suspects: [...suspects.values()],
        without: [...files].filter((file) => !needed.has(file)),
        ...(suite.patient && { patient: suite.patient }),
        ...(until !== undefined && { until }),
      }
      const known = [realTime, suspects, doubted].reduce((sum, { size }) => sum + size, 0)
      // What is odd may be so by what a worker has run before.
      const run = await runSuite(isOdd || known > 0 ? afresh(suite) : suite, plan, take)
      // What was ended with us shows nothing more; else all that could be shown was.
      if (!signal.aborted) proving.end()
      // Others in a process that had to be ended have done nothing.
      const isEnded = run.ran.some(({ record }) => record.isEnded)
      const died =
        signal.aborted || isEnded || isGuess
          ? []
          : run.died.filter(({ id }) => wanted.has(id)).map((one) => dead(one, run))
      for (const one of died) found.set(one.record.id, one)
      cache?.keep(died, now)
      if (died.length > 0) onRan(found)
      left = left.filter(({ id }) => !found.has(id))
      const unsound = new Map(run.ran.map(({ record: { test } }) => [keyOfTest(test), test]))
      for (const [key, test] of unsound) {
        // What did not even go well by itself may have met what another test had left, or be at odds with the clock.
        if (!sound.has(key)) (doubted.has(key) ? realTime : doubted).set(key, test)
      }
      const isStuck = known === [realTime, suspects, doubted].reduce((sum, { size }) => sum + size, 0)
      onProgress(`${told()} run`)
      if (isGuess || (left.length === count && isStuck)) break
    }
  }

  /** What has been begun already is waited for. */
  async function awaitAhead(): Promise<void> {
    if (!ahead || !cells.some(isAhead)) return
    const take = (ran: ReadonlyMap<string, Ran>): void => {
      for (const { id } of cells) {
        const one = ran.get(id)
        if (one) found.set(id, one)
        else if (ahead.cells.has(id)) found.delete(id)
      }
      onRan(found)
    }
    await ahead.hear(take)
    onProgress(`${told()} run`)
  }

  await Promise.all([execute(cells.filter((cell) => !isAhead(cell))), awaitAhead()])
  await execute(cells.filter(isAhead))
  return found
}

/** The tests that went as ever when nothing was wrong, before their cells or behind them. */
function soundTests(ran: readonly Ran[], baselines: ReadonlyMap<string, Baseline>): ReadonlySet<string> {
  return new Set(
    ran.flatMap(({ record, observation }) => {
      const baseline = baselines.get(keyOfTest(record.test))
      if (!(isClean(record) || isBehind(record)) || !baseline) return []
      return isAsUsual(baseline, observation) ? [keyOfTest(record.test)] : []
    }),
  )
}

/** A cell whose process ended, by itself or because nothing came of it any more, or too much. */
function dead({ id, test }: SuiteRun['died'][number], { stuck, grown }: SuiteRun): Ran {
  const record = {
    t: 'ran',
    id,
    test,
    passed: false,
    ended: stuck ? 'late' : 'died',
    errors: grown === undefined ? [] : [{ name: 'Error', message: grown, stack: '' }],
    uncaught: [],
    durationMs: 0,
    struck: 1,
    missed: false,
    steps: [],
    asks: [],
    refusals: 0,
  } as const
  const observation: Observation = { ...record, leftBehind: [], moments: [] }
  return { record, observation, events: [] }
}
