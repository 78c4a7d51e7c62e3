import { waitingNow } from '../../core/eventually.ts'
import { realClearTimeout, realElapsed, realSetImmediate, realSetTimeout } from '../../core/real-clock.ts'
import type { ProgramClock } from './program-clock.ts'
import { eventsSoFar, lookEveryMs, type Pending, watchBegun, watchPending, watchQuiet } from './quiet.ts'

/** Why nothing more is to be expected: no timer of the program is left, or the next one is too far away. */
export type Stuck = 'nothing left' | 'too long'

/** How time passes while nothing goes on. */
export interface IdleOptions {
  /** Whether somebody else is asked, who has not answered yet. */
  readonly isBusy: () => boolean
  /** How long nothing must go on before time is passed, milliseconds. */
  readonly quietMs: () => number
  /** How long nothing must go on, with no timer left, before nothing more is expected, milliseconds. */
  readonly stuckMs: number
  /** By how many times longer than that just now, and than usual before a timer that may have set off something. */
  readonly patience?: () => number
  /** By how much the clock may be ahead, milliseconds. */
  readonly mostMs: number
  /** How many questions there were so far. */
  readonly asked: () => number
  readonly onJump: (ms: number) => void
  /** Called at most once. */
  readonly onStuck: (why: Stuck) => void
}

/** What a timer has set off shows itself within this time, milliseconds; if it made no timer, it is likely nothing. */
const followMs = 8
const tickMs = 2

/** Whoever owes something by then, owes nothing: no more than so many times longer is waited for it. */
const mostTimes = 2

/** How long nothing must be asked while a test looks again and again: its looking is no sign of anything. Milliseconds. */
const calmMs = 250

/** Puts the program's clock forward to its next timer whenever nothing else goes on. @returns Ends that. */
export function passIdleTime(clock: ProgramClock, options: IdleOptions): () => void {
  const { quietMs, stuckMs, mostMs, patience = () => 1 } = options
  const pendingNow = watchPending(options.isBusy)
  const quiet = watchQuiet(eventsSoFar)
  const asking = watchQuiet(options.asked)
  const begun = watchBegun()
  const strangers = ({ timers }: Pending): number => timers - clock.alive()
  let aloneSince = realElapsed()
  /** How many timers there were when time was last passed, unless something has gone on since. */
  let passedAt: number | undefined
  let isStuck = false
  let isOver = false
  const stuck = (why: Stuck): void => {
    if (!isStuck) options.onStuck(why)
    isStuck = true
  }
  const look = (isStill = false): void => {
    // What is not the program's own may be a test that looks again and again.
    const pending = pendingNow()
    const others = strangers(pending)
    usual = Math.min(usual, others)
    if (others > usual) aloneSince = realElapsed()
    realClearTimeout(timer)
    timer = realSetTimeout(() => look(), lookEveryMs)
    const waiting = waitingNow() > 0
    const [silent, calm] = [quiet.look(pending), asking.look(pending)]
    const lasted = waiting ? calm : silent
    if (lasted === 0) passedAt = undefined
    const atFirst = waiting ? calmMs : quietMs()
    // Some count the time by ticks, node's `fetch` among them.
    const times = patience()
    const afterTick = isStill ? 0 : tickMs
    const wanted = passedAt === undefined ? times * atFirst : passedAt === clock.made ? afterTick : times * followMs
    // Whoever has a clock of their own knows when it is to go on.
    if (clock.isReplaced || lasted < wanted) return
    const aloneMs = realElapsed() - aloneSince
    const endMs = Math.min(times, mostTimes) * stuckMs
    const next = clock.next()
    if (next === undefined) {
      if (Math.min(lasted, aloneMs) >= endMs) stuck('nothing left')
    } else if (clock.aheadMs + next > mostMs) {
      if (aloneMs >= endMs) stuck('too long')
    } else if (next > lookEveryMs) {
      clock.advance(next)
      options.onJump(next)
      quiet.begin()
      asking.begin()
      passedAt = clock.made
      realClearTimeout(timer)
      timer = realSetTimeout(() => look(), tickMs)
      realSetImmediate(lookAtOnce)
      begun.mark()
    }
  }
  /** A tick is nothing else: the timer that was due has begun nothing but itself again. */
  function lookAtOnce(): void {
    if (!isOver && passedAt === clock.made && begun.isNothing()) look(true)
  }
  let timer = realSetTimeout(() => look(), lookEveryMs)
  // The timer of a look is one of them while it looks.
  let usual = strangers(pendingNow())
  return () => {
    isOver = true
    realClearTimeout(timer)
  }
}
