import { AsyncResource } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import { realElapsed } from '../../core/real-clock.ts'

/** How often whoever waits for quiet is to look, milliseconds. */
export const lookEveryMs = 5

/** Who computes for so long between two looks is at it, milliseconds. */
const busyMs = 20

/** What the process waits for that is not of its own making: files, names, connections that are made. */
const under = /^(?:FSReq|FileHandle|GetAddrInfo|GetNameInfo|Query|TCPConnect|PipeConnect|Write|Shutdown)/

/** What keeps the process alive. */
export interface Pending {
  /** Timers; which ones, nobody can say. */
  readonly timers: number
  /** Something is under way that is not of this process's own making. */
  readonly isWaiting: boolean
}

/**
 * Looks at what keeps the process alive. What it waits for from the beginning does not count.
 *
 * @param isBusy - Whether somebody else is asked, who has not answered yet.
 */
export function watchPending(isBusy: () => boolean): () => Pending {
  const { waiting: usual } = activeResources()
  return () => {
    const { timers, waiting, hasChildren } = activeResources()
    return { timers, isWaiting: waiting > usual || hasChildren || isBusy() }
  }
}

/**
 * How long nothing real has gone on in this process. It counts by the looks: on a machine that has too much to do they
 * come late, and what others owe does as well.
 */
export interface Quiet {
  /** To be called every {@link lookEveryMs} or sooner, with what there is then. @returns Milliseconds */
  look(pending: Pending): number
  /** It counts from now on. */
  begin(): void
}

/** @param signs - Counts what goes on. */
export function watchQuiet(signs: () => number): Quiet {
  let events = signs()
  let lasted = 0
  let last = realElapsed()
  let { active } = performance.eventLoopUtilization()
  return {
    look({ isWaiting }) {
      const now = realElapsed()
      const seen = signs()
      const work = performance.eventLoopUtilization()
      if (seen !== events || work.active - active > busyMs || isWaiting) lasted = 0
      else lasted += Math.min(now - last, lookEveryMs)
      events = seen
      active = work.active
      last = now
      return lasted
    },
    begin() {
      lasted = 0
    },
  }
}

/** Whether anything has begun since: a timer, a tick, something that is asked of the system. Promises alone do not count. */
export interface Begun {
  mark(): void
  /** Whether it is nothing at all. */
  isNothing(): boolean
}

export function watchBegun(): Begun {
  // Whatever begins has the next number.
  const next = (): number => new AsyncResource('MORTAR_LOOK', { requireManualDestroy: true }).asyncId()
  let marked = 0
  return {
    mark() {
      marked = next()
    },
    isNothing: () => next() === marked + 1,
  }
}

/** What has come in so far: every byte, every answer of the operating system, but no timer. */
export function eventsSoFar(): number {
  return performance.nodeTiming.uvMetricsInfo.events
}

/** In one go, as node makes a list of all of them each time. */
function activeResources(): { timers: number; waiting: number; hasChildren: boolean } {
  let timers = 0
  let waiting = 0
  let hasChildren = false
  for (const name of process.getActiveResourcesInfo()) {
    if (name === 'Timeout') timers++
    // What goes on in a process that was started from here cannot be seen.
    else if (name === 'ProcessWrap') hasChildren = true
    else if (under.test(name)) waiting++
  }
  return { timers, waiting, hasChildren }
}
