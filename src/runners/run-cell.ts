import { pause, realElapsed, realNow, realSetImmediate } from '../core/real-clock.ts'
import type { TestRef } from '../core/exchange.ts'
import type { ProgramClock } from '../engine/clock/program-clock.ts'
import { runInSession, setFallbackSession } from '../run/current-session.ts'
import { armCell } from '../run/matrix/arm-cell.ts'
import { errorTexts } from '../run/matrix/error-text.ts'
import { mostAsks, type RunRecord } from '../run/matrix/plan-file.ts'
import { placeIn, watchAsks, watchSites } from '../run/matrix/watch-asks.ts'
import { watchBodies } from '../run/matrix/watch-bodies.ts'
import { watchRefusals } from '../run/matrix/watch-refusals.ts'
import { namedAfter, type PlannedCell } from '../run/matrix/planned.ts'
import { hasSettleJobs, runSettleJobs } from '../run/matrix/settle-by.ts'
import { openSession } from '../run/session.ts'
import { armsFaults } from '../run/test-boundary.ts'
import { awaitLate, passTime } from './cell-time.ts'
import type { InProcessRun } from './in-process-run.ts'
import { lookBehind, type RunHolds } from './look-behind.ts'
import { isOfFormerRun } from './of-former-run.ts'
import { watchDeadline } from './watch-deadline.ts'
import { traceReads } from './trace-reads.ts'
import { watchHeld } from './watch-held.ts'

/** What is run, and what is to go wrong in it. */
export interface RunCellOptions {
  readonly test: TestRef
  /** Of the cell, or `clean-1` and so on. */
  readonly id: string
  /** Left out: nothing goes wrong. */
  readonly planned?: PlannedCell
  /** Watches which fields of answers are read. */
  readonly trace?: true
  /** Files that stand in for others, absolute. */
  readonly standIns?: readonly string[]
  /** How many exchanges were struck in processes that the test has started. */
  readonly struckElsewhere?: () => number
  /** Which the program has; left out: time goes as ever. */
  readonly clock?: ProgramClock | undefined
  /** The clock goes on from where the run before has left it. */
  readonly goesOn?: boolean
  /** Time is passed only after a good while. */
  readonly patient?: true
  /** How long the runner lets the test take, milliseconds; left out: for ever. */
  readonly timeoutMs?: number | undefined
  /** Looks at what the program does not give back. */
  readonly holds?: RunHolds
}

/** What the body of a test came to. */
export interface BodyResult {
  readonly passed: boolean
  readonly errors: readonly unknown[]
}

/** How long servers may take to be ready for what comes next, milliseconds. */
const cleanUpMs = 15_000

/** Of the time that the runner gives a test, what a cell may use: the rest is to let go of what hangs. */
const shareOfTimeout = 0.8

/**
 * How long a test may take by the program's clock, milliseconds, also where the runner lets it take less: what the test
 * itself looks for again and again counts too. The second one is where nothing keeps it waiting.
 */
const usualTimeoutMs = 30_000
const patientTimeoutMs = 60_000

/** How long a fault that was not reached is waited for, milliseconds, looked at every so often. */
const afterwardsMs = 300

/** How long nothing goes on once a program has heard what a server has answered, milliseconds. */
const heardMs = 10
const mostHeardMs = 100

/** How long a program has to hear of a fault that comes later than what it struck, milliseconds. */
const lingerMs = 50
const lookEveryMs = 25

/** What a connection hears that we have ended, as its test has not: that it was left is known from its server. */
const endedByUs = /when its test ended \(Mortar\)/

const marker = globalThis as { __mortarStep?: <T>(value: T) => T }

/**
 * Runs a test once more, in a session of its own, with at most one thing going wrong, and tells what that led to.
 *
 * @param body - Its signal is aborted when nothing goes wrong any more.
 */
export async function runCell(
  attached: InProcessRun,
  {
    test,
    id,
    planned,
    standIns,
    struckElsewhere = () => 0,
    clock,
    goesOn,
    timeoutMs,
    trace,
    patient,
    holds,
  }: RunCellOptions,
  body: (letGo: AbortSignal) => Promise<BodyResult>,
): Promise<RunRecord> {
  const { run, running, servers } = attached
  const asks: RunRecord['asks'][number][] = []
  const steps: number[] = []
  const uncaught: RunRecord['uncaught'][number][] = []
  const as = namedAfter(test, id)
  let started = realElapsed()
  let lateMs: number | undefined
  let waited: RunRecord['waited']
  let lifted: RunRecord['lifted']
  let isOver = false
  const free = new AbortController()
  let asked = 0
  const count = (): void => {
    // Enough has been seen; without the fault it comes to an end.
    asked++
    if (planned && asked === mostAsks + 2 * planned.cleanAsks) letGo('asks')
  }
  const take = watchAsks(run, asks, standIns, clock)
  const bodies = watchBodies()
  const onAsk: typeof take = (crossing) => {
    take(crossing)
    bodies.watch(asks.at(-1)!, crossing.question)
    count()
  }
  const session = openSession(run, test, {
    as,
    rehearsal: planned !== undefined || trace === true,
    onAsk,
    siteNow: watchSites(run, standIns),
    onCarried: count,
    besides: attached.outsideCassette,
  })
  if (running.size === 0) await servers?.begin()
  running.add(session)
  // A server that was started before the test asks for it, and knows of no test.
  setFallbackSession(session)
  const armed = planned && armCell(planned.cell, session, servers)
  const onError = (error: unknown, rejected: boolean): void => {
    if (isOfFormerRun(attached, { session, planned, struck: armed?.struck, rejected })) return
    if (endedByUs.test(String((error as Error | undefined)?.message))) return
    uncaught.push(
      ...errorTexts(error)
        .slice(0, 1)
        .map((text) => ({ ...text, ...(rejected && ({ rejected: true } as const)) })),
    )
  }
  const onUncaught = (error: unknown): void => onError(error, false)
  const onRejected = (error: unknown): void => onError(error, true)
  process.on('uncaughtException', onUncaught)
  process.on('unhandledRejection', onRejected)
  const { directory } = run.config
  const held = holds && watchHeld({ directory, standIns: standIns ?? [], isFaulted: planned !== undefined, clock })
  marker.__mortarStep = (value) => {
    steps.push(placeIn(run.nextId()))
    held?.step()
    return value
  }
  const refusals = watchRefusals(run)
  const tracing = trace && traceReads({ run, session, servers }, standIns)
  const disarm = (): void => {
    armed?.disarm()
    session.disarm()
    if (planned) servers?.find(planned.cell.boundary)?.disarmAll()
  }
  function letGo(why: NonNullable<typeof lifted>['why']): void {
    // Who goes on waiting without the fault has been given up before.
    if (lifted || isOver) return
    lateMs = realElapsed() - started
    lifted = { at: realNow(), why }
    if (time.stuck || time.jumps.length > 0) waited = { ms: time.elapsedMs(), until: time.stuck ?? 'too long' }
    disarm()
    free.abort()
  }
  const isAsked = (boundary: string): boolean => {
    const isHeld = boundary === planned?.cell.boundary && servers?.find(boundary) !== undefined
    return session.unanswered(boundary) > (isHeld ? (armed?.struck ?? 0) : 0)
  }
  const mayPush = (boundary: string): boolean => servers?.find(boundary)?.mayPush?.() ?? true
  const onStuck = (): void => {
    if (planned) letGo('stuck')
  }
  if (!goesOn) clock?.reset()
  started = realElapsed()
  const mostMs = (timeoutMs ?? Number.POSITIVE_INFINITY) * shareOfTimeout
  const deadlineMs = Math.min(planned?.deadlineMs ?? 0, mostMs)
  const unwatch = planned && watchDeadline(deadlineMs, mostMs, () => letGo('time'))
  // After our own timer, as others than those of now are somebody's who goes on.
  const { cleanMs = 0 } = planned ?? {}
  const timeOptions = { run, isAsked, mayPush, cleanMs, patient, asked: () => asked }
  const time = passTime(clock, { ...timeOptions, deadlineMs, onStuck })
  let result: BodyResult = { passed: false, errors: [] }
  try {
    result = await runInSession(session, () => body(free.signal))
    if (result.passed) await session.settle()
  } catch (error) {
    result = { passed: false, errors: [error] }
  }
  time.stop()
  const durationMs = lateMs ?? realElapsed() - started
  unwatch?.()
  const limitMs = Math.max(timeoutMs ?? 0, planned?.stalls ? usualTimeoutMs : patientTimeoutMs)
  if (planned && lateMs === undefined && time.elapsedMs() > limitMs) waited = { ms: time.elapsedMs(), until: 'gave up' }
  if (armed && lateMs === undefined) await afterwards(() => armed.struck + struckElsewhere())
  if (planned?.lingers) await pause(lingerMs)
  if (planned && lateMs === undefined) await time.calmDown()
  const jumps = [...time.jumps]
  const usual = holds?.usual
  if (armed && servers && held && usual && lateMs === undefined && !waited) {
    if (armed.struck > 0) await time.rest(mostHeardMs, heardMs)
    const isLate = (): boolean => held.isLate(usual)
    if (isLate()) jumps.push(...(await awaitLate(isLate, clock, { ...timeOptions, onStuck: () => {} })))
  }
  const struck = armed?.struck ?? 0
  let settledAt: number | undefined
  if (hasSettleJobs(session)) {
    disarm()
    // What is told apart by its time must not share a millisecond.
    await pause(2)
    settledAt = realNow()
    const failed = await runSettleJobs(session)
    result = {
      passed: result.passed && (planned !== undefined || failed.length === 0),
      errors: [...result.errors, ...failed],
    }
  }
  isOver = true
  const isInTime = lateMs === undefined && !waited
  const behind =
    held && isInTime
      ? await lookBehind(held, {
          ...timeOptions,
          holds: holds!,
          clock,
          isFaulted: planned !== undefined,
          misses: () => session.failures.length,
          disarm,
        })
      : undefined
  const ended = new AbortController()
  try {
    if (servers && running.size === 1) await Promise.race([servers.end(as.name), pause(cleanUpMs, ended.signal)])
  } catch (error) {
    result = { passed: false, errors: [...result.errors, error] }
  }
  ended.abort()
  // Rejections are told of once the microtasks are done.
  await new Promise<void>((resolve) => void realSetImmediate(resolve))
  refusals.stop()
  const reads = tracing?.end()
  process.off('uncaughtException', onUncaught)
  process.off('unhandledRejection', onRejected)
  marker.__mortarStep = (value) => value
  running.delete(session)
  setFallbackSession(attached.outside)
  session.close({ passed: planned === undefined && result.passed })
  attached.watch(session)
  const missed = session.failures.length > (behind?.misses ?? 0)
  return {
    t: 'ran',
    id,
    test,
    passed: result.passed && (planned !== undefined || !missed),
    ended: isInTime ? 'in time' : 'late',
    errors: result.errors.flatMap(errorTexts),
    uncaught,
    durationMs,
    ...(waited && { waited }),
    ...(lifted && { lifted }),
    ...(settledAt !== undefined && { settledAt }),
    ...(jumps.length > 0 && { jumps }),
    ...(armsFaults(session) && { armsFaults: true as const }),
    struck,
    ...(armed?.hindered !== undefined && { hindered: armed.hindered }),
    missed,
    ...behind?.shown,
    steps,
    asks: bodies.tell(asks),
    refusals: refusals.count,
    serverErrors: refusals.serverErrors,
    ...(reads && { reads }),
  }
}

/** What a program does not wait for may cross only after its test. */
async function afterwards(struck: () => number): Promise<void> {
  const until = realElapsed() + afterwardsMs
  while (struck() === 0) {
    await pause(lookEveryMs)
    if (struck() > 0) await pause(lookEveryMs)
    else if (realElapsed() > until) return
  }
}
