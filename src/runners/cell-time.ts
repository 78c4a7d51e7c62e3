import { pause, realElapsed, realNow } from '../core/real-clock.ts'
import { passIdleTime, type Stuck } from '../engine/clock/pass-idle-time.ts'
import type { ProgramClock } from '../engine/clock/program-clock.ts'
import { eventsSoFar, lookEveryMs, watchPending, watchQuiet } from '../engine/clock/quiet.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunRecord } from '../run/matrix/plan-file.ts'

/** How time goes in one run of a test. */
export interface CellTime {
  /** Milliseconds by the program's clock since it began. */
  elapsedMs(): number
  readonly jumps: NonNullable<RunRecord['jumps']>
  /** Set when nothing more is to be expected. */
  readonly stuck: Stuck | undefined
  stop(): void
  /** Waits a while, if there is patience, until nothing goes on any more behind a test that has ended. */
  calmDown(): Promise<void>
  /** Waits so many milliseconds at most until nothing has gone on for a while, or for so many. */
  rest(mostMs: number, stillMs?: number): Promise<void>
}

/** What is known of a run whose time is passed. */
export interface CellTimeOptions {
  readonly run: RunContext
  /** Whether a service is asked at a boundary, and nothing keeps it from answering. */
  readonly isAsked: (boundary: string) => boolean
  /** Whether the server of a boundary may send what nobody has just asked for. */
  readonly mayPush: (boundary: string) => boolean
  /** How long a clean run takes. */
  readonly cleanMs: number
  /** How long it may take by the real clock, where that is limited. */
  readonly deadlineMs?: number | undefined
  /** Time is passed only after a good while. */
  readonly patient?: true | undefined
  /** How many questions there were so far. */
  readonly asked: () => number
  readonly onStuck: () => void
}

/** How long nothing must go on before time is passed, milliseconds: what brokers push comes unasked, in its own time. */
const quietMs = 25
const quietOfServersMs = 50
const quietOfBrokersMs = 100

/** How long a timer that is due takes to fire, milliseconds. */
const tickMs = 2

/** How long nothing must go on, with nothing to wait for, until that counts as the end of it. */
const stuckMs = 500

/** By how many times longer that is where nothing may rest on chance; without servers of ours nobody owes us anything. */
const patience = 2
const patienceWithServers = 4

/** How long is waited for what a program still does behind its test, milliseconds at most. */
const mostBehindMs = 3000

/** How long is waited for timers that a program has set behind its test, milliseconds by the real clock at most. */
const mostLateMs = 1000

/** By how much a program's clock is put forward in one run: longer than programs wait that mean to end. */
const mostMs = 120_000

const brokers: ReadonlySet<string> = new Set(['amqp', 'mqtt', 'nats'])

/** Passes the time in which a program only waits. Without a clock, time goes as ever. */
export function passTime(clock: ProgramClock | undefined, options: CellTimeOptions): CellTime {
  const { run, isAsked, mayPush, cleanMs, asked, onStuck, deadlineMs = 0 } = options
  const started = realElapsed()
  const jumps: { at: number; ms: number }[] = []
  let stuck: Stuck | undefined
  let before = -1
  const aheadMs = clock?.aheadMs ?? 0
  const servers = run.boundaries.filter(({ wire }) => wire)
  const most = options.patient ? (servers.length > 0 ? patienceWithServers : patience) : 1
  // The nearer the end, the less patient: who goes on waiting is to get to where it gives up.
  const left = (): number => Math.max(0, 1 - (realElapsed() - started) / deadlineMs)
  const ofBrokers = servers.filter(({ input }) => brokers.has(input.protocol))
  const isBusy = (): boolean => run.boundaries.some(({ name }) => isAsked(name))
  const usualMs = (): number => {
    if (ofBrokers.some(({ name }) => mayPush(name))) return quietOfBrokersMs
    return servers.length > 0 ? quietOfServersMs : quietMs
  }
  const stop =
    clock &&
    passIdleTime(clock, {
      isBusy,
      quietMs: usualMs,
      stuckMs: Math.max(stuckMs, 2 * cleanMs),
      patience: () => 1 + (most - 1) * (deadlineMs > 0 ? left() : 1),
      mostMs: aheadMs + mostMs,
      asked,
      onJump: (ms) => {
        // Nobody can tell several from one if nothing was asked in between.
        const last = before === asked() ? jumps.at(-1) : undefined
        if (last) last.ms += ms
        else jumps.push({ at: realNow(), ms })
        before = asked()
      },
      onStuck: (why) => {
        stuck = why
        onStuck()
      },
    })
  const rest = async (mostMs: number, stillMs?: number, times = 1): Promise<void> => {
    const pendingNow = watchPending(isBusy)
    const quiet = watchQuiet(eventsSoFar)
    const until = realElapsed() + mostMs
    while (quiet.look(pendingNow()) < (stillMs ?? times * usualMs()) && realElapsed() < until) await pause(lookEveryMs)
  }
  return {
    elapsedMs: () => realElapsed() - started + (clock?.aheadMs ?? 0) - aheadMs,
    jumps,
    get stuck() {
      return stuck
    },
    stop: () => stop?.(),
    async calmDown() {
      if (options.patient && servers.length > 0) await rest(mostBehindMs, undefined, patienceWithServers)
    },
    rest,
  }
}

/**
 * Waits, within reason, for what the program means to do yet behind a test: it is part of what came of it, and at servers
 * that were put back meanwhile it would be part of the next run.
 *
 * @param isLate - Whether the program has more timers than usual.
 * @returns By how much the clock was put forward.
 */
export async function awaitLate(
  isLate: () => boolean,
  clock: ProgramClock | undefined,
  options: CellTimeOptions,
): Promise<CellTime['jumps']> {
  const until = realElapsed() + mostLateMs
  const time = passTime(clock, options)
  while (isLate() && time.stuck === undefined && realElapsed() < until) await pause(lookEveryMs)
  time.stop()
  await time.rest(until - realElapsed())
  return time.jumps
}

/** Lets so many milliseconds pass by the program's clock, with all that its timers do meanwhile. */
export async function letTimePass(clock: ProgramClock, ms: number): Promise<void> {
  const until = clock.aheadMs + ms
  while (clock.aheadMs < until && !clock.isReplaced) {
    clock.advance(Math.min(clock.next() ?? ms, until - clock.aheadMs))
    await pause(tickMs)
  }
}
