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
  if (process.platform !== 'linux') return true
  const fields = fieldsOf(pid)
  // A process that has ended but was not asked for yet has still its number.
  if (fields?.[0] === 'Z' || fields?.[0] === 'X') return false
  const startedAt = startOf(fields)
  return startedAt === undefined || startedAt <= since + 2_000
}

/** What proc(5) says of a process after its name, the state first. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Start of a process, milliseconds since the epoch; a clock tick is 10 ms wherever Node runs. */
function startOf(fields: readonly string[] | undefined): number | undefined {
  try {
    const bootedAt = Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1])
    const startedAt = bootedAt * 1000 + Number(fields?.[19]) * 10
    return Number.isFinite(startedAt) ? startedAt : undefined
  } catch {
    return undefined
  }
}
