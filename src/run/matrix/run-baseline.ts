import { realNow } from '../../core/real-clock.ts'
import type { TestRef } from '../../core/exchange.ts'
import { type Baseline, makeBaseline } from '../../matrix/baseline.ts'
import type { Observation } from '../../matrix/observation.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import {
  commandMissing,
  noTestRan,
  noTimeForTests,
  nothingAnswered,
  nothingCrossed,
  pluginMissing,
} from './no-tests.ts'
import type { BrokenFile, MatrixPlan } from './plan-file.ts'
import { inProject, runAll, spinShare, type UnendedTest } from './run-all.ts'
import { lanesOf } from './run-processes.ts'
import { afresh, type Ran, runSuite, type Suite, type SuiteRun } from './suite.ts'
import { tellUnasked } from './tell-unasked.ts'
import { unrecorded } from './unrecorded.ts'
import { plural } from '../wording.ts'

/** How tests are run without a fault. */
export interface BaselineOptions {
  /** How often. */
  readonly clean: number
  /** The only tests that are run at all. */
  readonly only?: readonly TestRef[] | undefined
  /** How long all may take, and when that is over. */
  readonly budgetMs?: number | undefined
  readonly until?: number | undefined
  readonly onProgress: (line: string) => void
  /** What is known from before. */
  readonly known: KnownClean
  /** Hears that some test does something else than before a change. */
  readonly onOther?: (() => void) | undefined
}

/** What tests did without a fault in an earlier matrix. */
export interface KnownClean {
  /** Runs that still hold. */
  readonly held: readonly Ran[]
  /** By test, runs that did until something changed on which they depend. */
  readonly before: ReadonlyMap<string, readonly Ran[]>
}

/** Reads them. @param clean - As of {@link BaselineOptions}. */
export async function readClean({ cache, warm }: Suite, clean: number): Promise<KnownClean> {
  // Of how a test went before a change it is enough that it still goes so.
  return { held: (await cache?.clean(clean)) ?? [], before: (warm && (await cache?.cleanBefore())) ?? new Map() }
}

/** What tests do without a fault, and how the command is to be run from then on. */
export interface CleanSuite {
  readonly suite: Suite
  readonly baselines: readonly Baseline[]
  /** Files of tests of which none could be run, relative to the project. */
  readonly broken: readonly BrokenFile[]
  /** Tests that never came to an end, and took their process with them. */
  readonly unended: readonly UnendedTest[]
}

const notSettled =
  '`matrix.settle` is not run behind tests of vitest or mortar/node-test: these name what settles by `settleBy`'

/**
 * Runs each test as often as it takes to know what it does; those of which that is known are not run.
 *
 * @throws MortarError `MORTAR_MATRIX_NO_TESTS`
 */
export async function runBaseline(shared: Suite, options: BaselineOptions): Promise<CleanSuite> {
  const { clean, only, budgetMs, until, onProgress, onOther } = options
  const { held, before } = options.known
  const { cache, signal } = shared
  if (signal.aborted) return { suite: shared, baselines: [], broken: [], unended: [] }
  const without = cache?.files(clean) ?? []
  const known = [...new Map(held.map(({ record }) => [keyOfTest(record.test), record.test])).values()]
  if (known.length > 0) onProgress(`${plural(known.length, 'test')} as before, and not run again without a fault`)
  if (cache?.isComplete(clean)) {
    const suite = { ...shared, isSerial: cache.isSerial }
    return { suite, baselines: baselinesOf(held, 1), broken: [], unended: [] }
  }
  if (cache && cache.lanes > 0 && held.length > 0)
    return {
      suite: { ...shared, perProcess: true, lanes: cache.lanes },
      baselines: baselinesOf(held, 1),
      broken: [],
      unended: [],
    }
  const which = known.length > 0 ? 'tests that are new or have changed, if there are any,' : 'every test'
  const often = `${plural(clean, 'time')} without a fault`
  onProgress(
    before.size === 0 || clean === 1
      ? `running ${which} ${often}`
      : `running ${which} without a fault, and ${often} what does something else than before`,
  )
  const asked = unrecorded(shared)
  if (asked.length > 0)
    onProgress(`nothing of ${asked.join(', ')} is recorded yet, so the first run asks the real service and is recorded`)
  const mostSpinMs = budgetMs === undefined ? undefined : budgetMs * spinShare
  const plan: MatrixPlan = {
    version: 1,
    clean: before.size === 0 ? clean : 1,
    ...(only && { only }),
    skip: known,
    without,
    ...(mostSpinMs !== undefined && { mostSpinMs }),
  }
  const { run: first, unended } = await runAll(shared, plan, until)
  cache?.load(first.loaded)
  const together =
    plan.clean < clean ? await completed(shared, first, { plan: { ...plan, clean }, before, onOther }) : first
  const broken = brokenIn(shared, together)
  const sayUnasked = async (): Promise<void> => {
    // Where not all was run now, what was asked besides is not known.
    if (held.length > 0 || without.length > 0 || only || signal.aborted) return
    for (const line of tellUnasked(shared, await shared.environment())) onProgress(line)
  }
  if (together.ran.length > 0 || held.length > 0 || signal.aborted) {
    await sayUnasked()
    if (shared.config.matrix.settle !== undefined) onProgress(notSettled)
    const baselines = baselinesOf([...held, ...together.ran], signal.aborted ? clean : 1)
    if (!only && !signal.aborted) {
      keep(shared, together, baselines, known)
      const isSure = baselines.every(({ state }) => isKept(state))
      // Of a file that could not be run, what was known holds again once it is mended.
      const files = [...new Set([...baselines.map(({ test }) => test), ...broken].map(({ file }) => file))]
      cache?.keepSuite(isSure ? { files, isSerial: together.isSerial } : undefined)
    }
    const own = new Set(baselines.map(({ test }) => keyOfTest(test)))
    const blocked = together.broken.flatMap(({ file, isBlocked }) =>
      isBlocked ? [inProject(shared.config.directory, file)] : [],
    )
    const suite = { ...shared, isSerial: together.isSerial, without: [...(shared.without ?? []), ...blocked] }
    return { suite, baselines, broken, unended: unended.filter(({ test }) => !own.has(keyOfTest(test))) }
  }
  if (together.attached) {
    // Of a test that was named and is not there any more, whoever has named it is told.
    if (only && broken.length === 0 && together.died.length === 0)
      return { suite: shared, baselines: [], broken, unended: [] }
    throw noTestRan(shared, together, broken)
  }
  const missing = commandMissing(shared, together) ?? pluginMissing(shared, together)
  if (missing) throw missing
  onProgress('the tests are not those of the vitest plugin or of mortar/node-test, so every cell is a process of it')
  // Of what such a command reads nobody tells.
  cache?.load([{ t: 'loaded', file: '', paths: [], outside: true }])
  const isAlone = together.grown !== undefined
  const { suite, run: apart } = await runApart(
    shared,
    { ...plan, ...(until !== undefined && { until }) },
    { isAlone, onProgress },
  )
  await sayUnasked()
  if (apart.ran.length === 0 && realNow() > (until ?? Number.POSITIVE_INFINITY)) throw noTimeForTests(shared)
  if (!apart.ran.some(({ observation }) => observation.moments.length > 0) && !signal.aborted) {
    throw nothingAnswered(shared, apart) ?? nothingCrossed(shared, apart)
  }
  const baselines = baselinesOf(apart.ran, signal.aborted ? clean : 1)
  if (!signal.aborted) keep(suite, apart, baselines, [])
  return { suite, baselines, broken: [], unended: [] }
}

/** Adds to single clean runs those from before a change which show the same, and where none does, others. */
async function completed(
  suite: Suite,
  shown: SuiteRun,
  {
    plan,
    before,
    onOther,
  }: Pick<KnownClean, 'before'> & Pick<BaselineOptions, 'onOther'> & { readonly plan: MatrixPlan },
): Promise<SuiteRun> {
  const alike = shown.ran.map((one): readonly Ran[] => {
    const { test, id, uses } = one.record
    const former = before.get(keyOfTest(test)) ?? []
    const isAlike = former.length >= plan.clean && isKept(baselinesOf([...former, one], 1)[0]!.state)
    if (!isAlike || !asksAlike(one, former)) return []
    return former.flatMap((old) =>
      old.record.id === id ? [] : [{ ...old, record: { ...old.record, ...(uses !== undefined && { uses }) } }],
    )
  })
  const only = shown.ran.flatMap(({ record }, i) => (alike[i]!.length === 0 ? [record.test] : []))
  if (only.length === 0) return { ...shown, ran: [...alike.flat(), ...shown.ran] }
  onOther?.()
  // A process that is kept may have what its tests ask elsewhere by now.
  const there = shown.ran.filter((one) => !lacks(one, before))
  const more = await runSuite(there.length < shown.ran.length ? afresh(suite) : suite, { ...plan, only })
  suite.cache?.load(more.loaded)
  return {
    ...shown,
    ran: [...alike.flat(), ...there, ...more.ran],
    died: [...shown.died, ...more.died],
    broken: [...shown.broken, ...more.broken],
  }
}

/** Whether nothing was asked at a boundary at which there was something in each run before. */
function lacks({ record: { test }, observation }: Ran, before: KnownClean['before']): boolean {
  const boundariesOf = ({ moments }: Observation): ReadonlySet<string> =>
    new Set(moments.map(({ boundary }) => boundary))
  const now = boundariesOf(observation)
  const former = (before.get(keyOfTest(test)) ?? []).map((one) => boundariesOf(one.observation))
  return [...(former[0] ?? [])].some((name) => !now.has(name) && former.every((names) => names.has(name)))
}

/** Whether a run asks what those before it did: also of what may be asked any number of times nothing is new, or missing. */
function asksAlike(one: Ran, former: readonly Ran[]): boolean {
  const askedIn = ({ observation }: Ran): ReadonlySet<string> =>
    new Set(observation.moments.map(({ boundary, operation }) => `${boundary} ${operation}`))
  const now = askedIn(one)
  const before = former.map(askedIn)
  const isNew = [...now].some((operation) => !before.some((asked) => asked.has(operation)))
  return (
    !isNew && [...before[0]!].every((operation) => now.has(operation) || !before.every((asked) => asked.has(operation)))
  )
}

/** Files of which not one test ran; what went wrong in others is told of by their tests. */
function brokenIn({ config }: Suite, { broken, ran }: SuiteRun): readonly BrokenFile[] {
  const alive = new Set(ran.map(({ record }) => record.test.file))
  const found = broken.map(({ file, why }) => ({
    file: inProject(config.directory, file),
    why: why.split('\n', 1)[0]!,
  }))
  // Each project of a workspace has told of them.
  return [...new Map(found.map((one) => [one.file, one])).values()].filter(({ file }) => !alive.has(file))
}

/** Several processes at a time, unless they get into each other's way. */
async function runApart(
  shared: Suite,
  plan: MatrixPlan,
  { isAlone, onProgress }: { readonly isAlone: boolean; readonly onProgress: (line: string) => void },
): Promise<{ readonly suite: Suite; readonly run: SuiteRun }> {
  const suite = { ...shared, perProcess: true }
  const lanes = plan.clean > 1 && !isAlone ? lanesOf(shared.config) : 1
  const run = await runSuite({ ...suite, lanes }, plan)
  if (lanes === 1 || shared.signal.aborted) return { suite, run }
  const isQuiet = baselinesOf(run.ran, plan.clean).every(({ state }) => state === 'stable' || state === 'armed')
  if (isQuiet && run.ran.length > 0) return { suite: { ...suite, lanes }, run }
  onProgress('not all went well with several processes at a time, so there is one from now on')
  return { suite, run: await runSuite(suite, plan) }
}

/** Tests that could not be run as often as they were to be, as somebody did not want to wait, are left out. */
export function baselinesOf(ran: readonly Ran[], least: number): readonly Baseline[] {
  return [...Map.groupBy(ran, ({ record }) => keyOfTest(record.test)).values()].flatMap((runs) => {
    const [first, ...others] = runs.map(({ observation }) => observation)
    return runs.length < least ? [] : [makeBaseline(runs[0]!.record.test, [first!, ...others])]
  })
}

/** A test that arms a fault by itself does so each time. */
function isKept(state: Baseline['state']): boolean {
  return state === 'stable' || state === 'armed'
}

/** Keeps stable tests. A file of which a process could not tell all is looked at again the next time. */
function keep(
  { cache, perProcess, lanes = 1 }: Suite,
  { ran, died }: SuiteRun,
  baselines: readonly Baseline[],
  known: readonly TestRef[],
): void {
  const broken = new Set(died.map(({ test }) => test.file))
  const stable = new Set(baselines.flatMap(({ test, state }) => (isKept(state) ? [keyOfTest(test)] : [])))
  const fresh = new Map(ran.map(({ record: { test } }) => [keyOfTest(test), test]))
  const files = new Set([...fresh.values()].map(({ file }) => file).filter((file) => !broken.has(file)))
  cache?.keepClean(
    ran.filter(({ record: { test } }) => files.has(test.file) && stable.has(keyOfTest(test))),
    [...fresh.values(), ...known].filter(({ file }) => files.has(file)),
    perProcess ? lanes : 0,
  )
}
