import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'

/** Timers of the program: node's own, which can be made due sooner. */
export interface ProgramTimers {
  add(timer: NodeJS.Timeout): void
  /** In how many milliseconds the next one is due; `undefined` when there is none. */
  next(): number | undefined
  /** How many there have been. */
  readonly made: number
  /** How many times one of them has come to its end so far; not those that were cleared before. */
  fired(): number
  /** How many there are that keep a process alive. */
  alive(): number
  /** How many there are that keep a process alive, and fire once, and soon. */
  soon(): number
  /** Makes every one due so many milliseconds sooner. */
  advance(ms: number): void
}

/** What node's timers know of themselves, milliseconds of the event loop. */
interface NodeTimer extends NodeJS.Timeout {
  readonly _idleStart: number
  _idleTimeout: number
  readonly _repeat: number | null
  readonly _destroyed: boolean
}

interface Entry {
  start: number
  due: number
}

/** What a program means to do again, it does sooner; what is to close what nobody uses comes later. Milliseconds. */
const soonMs = 5000

/** Intervals of this length and more keep connections alive, to servers whose time is the real one. */
const housekeepingMs = 5000

/** Makes an empty set; `undefined` where node's timers do not tell when they are due. */
export function makeProgramTimers(): ProgramTimers | undefined {
  const entries = new Map<NodeTimer, Entry>()
  const known = new WeakSet<object>()
  let made = 0
  let fired = 0
  const first = probe()
  if (typeof first._idleStart !== 'number' || typeof first._idleTimeout !== 'number') return undefined
  const prototype = Object.getPrototypeOf(first) as NodeJS.Timeout
  const { refresh } = prototype
  // One that has fired can be used again.
  prototype.refresh = function (this: NodeTimer) {
    // It may be moved, fire and be used again all within one millisecond.
    if (known.has(this)) entries.set(this, { start: Number.NaN, due: 0 })
    return Reflect.apply(refresh, this, [])
  }

  /** Forgets those that are over. */
  function sweep(): void {
    for (const [timer, entry] of entries) {
      if (timer._destroyed || timer._idleTimeout < 0) {
        // What was cleared has no length any more.
        if (timer._idleTimeout >= 0) fired++
        entries.delete(timer)
      } else if (timer._idleStart !== entry.start) {
        if (timer._repeat !== null && !Number.isNaN(entry.start)) fired++
        entry.start = timer._idleStart
        entry.due = timer._idleStart + timer._idleTimeout
      }
    }
  }

  /** Those that are still to come, the next one first. */
  function pending(): readonly (readonly [NodeTimer, Entry])[] {
    sweep()
    return [...entries].sort(([, a], [, b]) => a.due - b.due)
  }

  const moving = (): ReturnType<typeof pending> => pending().filter(([{ _repeat }]) => (_repeat ?? 0) < housekeepingMs)
  return {
    add(added) {
      const timer = added as NodeTimer
      made++
      known.add(timer)
      entries.set(timer, { start: timer._idleStart, due: timer._idleStart + timer._idleTimeout })
      if (entries.size % 1000 === 0) sweep()
    },
    next() {
      const soonest = moving()[0]?.[1].due
      return soonest === undefined ? undefined : Math.max(0, soonest - probe()._idleStart)
    },
    get made() {
      return made
    },
    fired() {
      sweep()
      const now = probe()._idleStart
      // One whose work is just being done is not over yet.
      return entries.values().reduce((count, { due }) => count + (due <= now ? 1 : 0), fired)
    },
    alive() {
      sweep()
      return entries.keys().reduce((count, timer) => count + (timer.hasRef() ? 1 : 0), 0)
    },
    soon() {
      sweep()
      const until = probe()._idleStart + soonMs
      // Where a timer may be left behind, as of a limit that was kept, its `unref` says so.
      const isMeant = (timer: NodeTimer): boolean => timer._repeat === null && timer.hasRef()
      return entries.entries().reduce((count, [timer, { due }]) => count + (isMeant(timer) && due < until ? 1 : 0), 0)
    },
    advance(ms) {
      const now = probe()._idleStart
      for (const [timer, entry] of moving()) {
        entry.due -= ms
        const whole = timer._idleTimeout
        // An interval that has fired and one that has not are told apart by the millisecond in which they began.
        timer._idleTimeout = Math.max(timer._repeat === null ? 0 : 1, entry.due - now)
        Reflect.apply(refresh, timer, [])
        // From the next time on it is as long as it was made.
        timer._idleTimeout = whole
        entry.start = timer._idleStart
      }
    },
  }
}

/** A timer that says what time it is on the event loop. */
function probe(): NodeTimer {
  const timer = realSetTimeout(() => {}, 1000) as NodeTimer
  realClearTimeout(timer)
  return timer
}
