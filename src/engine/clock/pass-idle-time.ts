import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'
import type { ProgramClock } from './program-clock.ts'
import { lookEveryMs, watchQuiet } from './quiet.ts'

/** Why nothing more is to be expected: no timer of the program is left, or the next one is too far away. */
export type Stuck = 'nothing left' | 'too long'

/** How time passes while nothing goes on. */
export interface IdleOptions {
  /** Whether somebody else is asked, who has not answered yet. */
  readonly isBusy: () => boolean
  /** How long nothing must go on before time is passed, milliseconds. */
  readonly quietMs: number
  /** How long nothing must go on, with no timer left, before nothing more is expected, milliseconds. */
  readonly stuckMs: number
  /** By how much the clock may be put forward altogether, milliseconds. */
  readonly mostMs: number
  readonly onJump: (ms: number) => void
  /** Called at most once. */
  readonly onStuck: (why: Stuck) => void
}

/** What a timer has set off shows itself within this time, milliseconds; if it made no timer, it is likely nothing. */
const followMs = 8
const tickMs = 2

/** Puts the program's clock forward to its next timer whenever nothing else goes on. @returns Ends that. */
export function passIdleTime(clock: ProgramClock, options: IdleOptions): () => void {
  const { quietMs, stuckMs, mostMs } = options
  const quiet = watchQuiet(options.isBusy)
  const strangers = (): number => quiet.timers() - clock.alive()
  const usual = strangers()
  let wanted = quietMs
  let made = -1
  let isStuck = false
  const stuck = (why: Stuck): void => {
    if (!isStuck) options.onStuck(why)
    isStuck = true
  }
  const look = (): void => {
    const others = strangers()
    timer = realSetTimeout(look, lookEveryMs)
    const lasted = quiet.look()
    if (lasted === 0) wanted = quietMs
    // Some count the time by ticks, node's `fetch` among them.
    else if (made === clock.made) wanted = tickMs
    made = -1
    // Whoever has a clock of their own knows when it is to go on.
    if (clock.isReplaced || lasted < wanted) return
    const next = clock.next()
    if (next === undefined) {
      // What is not the program's own may be a test that looks again and again.
      if (lasted >= stuckMs && others <= usual) stuck('nothing left')
    } else if (clock.aheadMs + next > mostMs) stuck('too long')
    else if (next > lookEveryMs) {
      clock.advance(next)
      options.onJump(next)
      quiet.begin()
      wanted = followMs
      made = clock.made
      realClearTimeout(timer)
      timer = realSetTimeout(look, tickMs)
    }
  }
  let timer = realSetTimeout(look, lookEveryMs)
  return () => realClearTimeout(timer)
}
