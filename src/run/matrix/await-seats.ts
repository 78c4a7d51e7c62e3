import { pause, realElapsed } from '../../core/real-clock.ts'
import { readStaying } from './staying.ts'

/** How often it is looked whether all files of tests are through that are run first, milliseconds. */
export const lookStayingEveryMs = 50

/** How long all workers may wait while files are left, milliseconds: on a busy machine one takes long to begin. */
const placeMs = 20_000

/** How many workers stay, once all files are through; `undefined`: the process has ended, or something is odd in it. */
export async function seatsTaken(stays: string, over: AbortSignal): Promise<number | undefined> {
  let gotOnAt = realElapsed()
  for (; !over.aborted; await pause(lookStayingEveryMs, over)) {
    const before = readStaying(stays)
    if (before.through === before.files) return before.seats
    if (before.at.length > 0 || before.seats === 0) gotOnAt = realElapsed()
    // The runner has no place for the files that are left.
    if (realElapsed() - gotOnAt > placeMs) return undefined
    if (before.at.every(isAlive)) continue
    // One that has just ended may have said so since.
    const { at } = readStaying(stays)
    if (!at.every(isAlive)) return undefined
  }
  return undefined
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
