import { readFileSync } from 'node:fs'

/** The system says in whole seconds when it was started itself. */
const inexactMs = 2_000

/**
 * Whether the process that had the id `pid` at `since` (milliseconds since the epoch) still runs. Ids are used again,
 * above all in containers; where the system tells when a process started, one that started later is another.
 */
export function isProcessAlive(pid: number, since: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Without the permission to signal it we know that it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const known = process.platform === 'linux' ? lookUp(pid) : undefined
  return known === undefined || (!known.ended && known.startedAt <= since + inexactMs)
}

/**
 * Whether a process that is not alive any more has threads that still end: until they have, its ports and files may be
 * open.
 */
export function isProcessEnding(pid: number, since: number): boolean {
  const known = process.platform === 'linux' ? lookUp(pid) : undefined
  return known !== undefined && known.ended && known.threads > 1 && known.startedAt <= since + inexactMs
}

/** Whether the id `pid`, of a process that ran at `since`, now is that of a later one, as far as the system tells. */
export function isIdReused(pid: number, since: number): boolean {
  const known = process.platform === 'linux' ? lookUp(pid) : undefined
  return known !== undefined && known.startedAt > since + inexactMs
}

interface Known {
  readonly startedAt: number
  readonly ended: boolean
  readonly threads: number
}

/** A process on Linux, from fields that proc(5) describes; a clock tick is 10 ms wherever Node runs. */
function lookUp(pid: number): Known | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[19])
    const bootedAt = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1])
    const startedAt = bootedAt * 1000 + ticks * 10
    const threads = Number(fields[17])
    // One that has ended keeps its id until its parent asks how; that may be never.
    const ended = fields[0] === 'Z' || fields[0] === 'X'
    return Number.isFinite(startedAt) ? { startedAt, ended, threads } : undefined
  } catch {
    return undefined
  }
}
