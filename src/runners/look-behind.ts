import { pause, realElapsed, realNow } from '../core/real-clock.ts'
import type { ProgramClock } from '../engine/clock/program-clock.ts'
import { lookEveryMs } from '../engine/clock/quiet.ts'
import type { RunRecord } from '../run/matrix/plan-file.ts'
import { type CellTimeOptions, passTime } from './cell-time.ts'
import type { HeldWatch, UsualHeld } from './watch-held.ts'

/** What runs without a fault leave open: they tell of it, and others are compared with it. */
export interface RunHolds {
  /** `undefined`: nobody knows. */
  readonly usual: UsualHeld | undefined
  readonly tell: (usual: UsualHeld) => void
  /** Lines that were seen to leave something open. */
  readonly leaking: Set<string>
}

/** The run behind which is looked. */
export interface BehindOptions extends Omit<CellTimeOptions, 'onStuck' | 'deadlineMs'> {
  readonly holds: RunHolds
  readonly clock: ProgramClock | undefined
  /** Something goes wrong in it. */
  readonly isFaulted: boolean
  /** How many questions were asked in vain so far. */
  readonly misses: () => number
  /** From then on nothing goes wrong any more. */
  readonly disarm: () => void
}

/** What shows only once a test has ended. */
export interface Behind {
  readonly shown: Pick<RunRecord, 'behindAt' | 'leftOpen'>
  /** How many questions were asked in vain meanwhile. */
  readonly misses: number
}

/**
 * How long is waited by the real clock, milliseconds: where the same was left before, where it is likely then that nothing
 * comes, and where that is to be sure.
 */
const expectedMs = 400
const likelyMs = 2000
const sureMs = 6000

/** How long a program may take by its own clock to give something back behind its test, milliseconds: tries again and all. */
const programMs = 30_000

/**
 * Finds out what the program has taken in a run and does not give back. Where more is open than before, nothing goes wrong
 * any more, and it is waited until that has changed, or until nothing is left that could change it.
 */
export async function lookBehind(held: HeldWatch, options: BehindOptions): Promise<Behind> {
  const { holds, isFaulted, disarm } = options
  const missesBefore = options.misses()
  let behindAt: number | undefined
  if (held.isMore) {
    disarm()
    // What is told apart by its time must not share a millisecond.
    await pause(2)
    behindAt = realNow()
    await awaitGivenBack(held, options)
  }
  const misses = options.misses() - missesBefore
  if (!isFaulted) holds.tell(held.usual())
  // What asks in vain has not come to its end.
  const leftOpen = isFaulted && holds.usual && misses === 0 ? held.besides(holds.usual) : []
  for (const { site } of leftOpen) holds.leaking.add(site)
  held.end(leftOpen)
  const shown = { ...(behindAt !== undefined && { behindAt }), ...(leftOpen.length > 0 && { leftOpen }) }
  return { shown, misses }
}

/** Without a clock that can be put forward that takes its time. */
async function awaitGivenBack(held: HeldWatch, { clock, holds, isFaulted, ...options }: BehindOptions): Promise<void> {
  const { usual } = holds
  const left = usual ? held.besides(usual) : []
  const isExpected = left.length > 0 && left.every(({ site }) => holds.leaking.has(site))
  const until = realElapsed() + (options.patient ? sureMs : isExpected ? expectedMs : likelyMs)
  const aheadMs = clock?.aheadMs ?? 0
  const time = passTime(clock, { ...options, onStuck: () => {} })
  // What a run leaves that is usual is to be known whole where nothing goes wrong.
  const isMore = (): boolean => (isFaulted && usual ? held.besides(usual).length > 0 : held.isMore)
  const goesOn = (): boolean =>
    isMore() && time.stuck === undefined && realElapsed() < until && (clock?.aheadMs ?? 0) - aheadMs < programMs
  while (goesOn()) await pause(lookEveryMs)
  time.stop()
}
