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
  const known = lookUp(pid)
  return known === undefined || (!known.ended && !isLater(known, since))
}

/**
 * Whether a process that is not alive any more has threads that still end: until they have, its ports and files may be
 * open.
 */
export function isProcessEnding(pid: number, since: number): boolean {
  const known = lookUp(pid)
  return known !== undefined && known.ended && known.threads > 1 && !isLater(known, since)
}

/** Whether the id `pid`, of a process that ran at `since`, now is that of a later one, as far as the system tells. */
export function isIdReused(pid: number, since: number): boolean {
  const known = lookUp(pid)
  return known !== undefined && isLater(known, since)
}

interface Known {
  readonly pid: number
  /** Since the system was started, in ticks of its clock. */
  readonly ticks: number
  readonly ended: boolean
  readonly threads: number
}

/** A process on Linux, from fields that proc(5) describes; elsewhere nobody knows. */
function lookUp(pid: number): Known | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that has ended keeps its id until its parent asks how; that may be never.
    const ended = fields[0] === 'Z' || fields[0] === 'X'
    return { pid, ticks: Number(fields[19]), threads: Number(fields[17]), ended }
  } catch {
    return undefined
  }
}

/** Who watches a process asks many times a second, and reading when the system was started takes it long. */
let judged: { readonly as: string; readonly later: boolean } | undefined

function isLater({ pid, ticks }: Known, since: number): boolean {
  const as = `${pid} ${ticks} ${since}`
  if (judged?.as !== as) judged = { as, later: startedAt(ticks) > since + inexactMs }
  return judged.later
}

/** Milliseconds since the epoch; not a number where the system does not tell. A tick is 10 ms wherever Node runs. */
function startedAt(ticks: number): number {
  try {
    return Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]) * 1000 + ticks * 10
  } catch {
    return Number.NaN
  }
}
