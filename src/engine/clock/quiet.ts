import { performance } from 'node:perf_hooks'
import { realElapsed } from '../../core/real-clock.ts'

/** How often whoever waits for quiet is to look, milliseconds. */
export const lookEveryMs = 5

/** So much later than that, the program itself kept the process busy, milliseconds. */
const hurriedMs = 20

/** What the process waits for that is not of its own making: files, names, connections that are made. */
const under = /^(?:FSReq|FileHandle|GetAddrInfo|GetNameInfo|Query|TCPConnect|PipeConnect|Write|Shutdown)/

/** How long nothing real has gone on in this process. */
export interface Quiet {
  /** To be called every {@link lookEveryMs}. @returns Milliseconds */
  look(): number
  /** It counts from now on. */
  begin(): void
  /** Timers that keep the process alive; which ones, nobody can say. */
  timers(): number
}

/**
 * @param signs - Counts what goes on.
 * @param isBusy - Whether somebody else is asked, who has not answered yet.
 */
export function watchQuiet(signs: () => number, isBusy: () => boolean): Quiet {
  let events = signs()
  let since = realElapsed()
  let last = since
  const usual = waitingFor()
  return {
    look() {
      const now = realElapsed()
      const seen = signs()
      const isWaiting = waitingFor() > usual || hasChildren() || isBusy()
      if (seen !== events || now - last > lookEveryMs + hurriedMs || isWaiting) since = now
      events = seen
      last = now
      return now - since
    },
    begin() {
      since = realElapsed()
    },
    timers: () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }
}

/** What has come in so far: every byte, every answer of the operating system, but no timer. */
export function eventsSoFar(): number {
  return performance.nodeTiming.uvMetricsInfo.events
}

/** What goes on in a process that was started from here cannot be seen. */
function hasChildren(): boolean {
  return process.getActiveResourcesInfo().includes('ProcessWrap')
}

function waitingFor(): number {
  return process.getActiveResourcesInfo().filter((name) => under.test(name)).length
}
