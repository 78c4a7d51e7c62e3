import { readFileSync } from 'node:fs'

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
  const startedAt = process.platform === 'linux' ? startOf(pid) : undefined
  return startedAt === undefined || startedAt <= since + 2_000
}

/** Start of a process on Linux, from fields that proc(5) describes; a clock tick is 10 ms wherever Node runs. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const bootedAt = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1])
    const startedAt = bootedAt * 1000 + ticks * 10
    return Number.isFinite(startedAt) ? startedAt : undefined
  } catch {
    return undefined
  }
}
