import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What a command is started by to have two cores only; nothing where there are no more, or the system cannot. */
export function onTwoCores(): readonly string[] {
  if (availableParallelism() <= 2 || spawnSync('taskset', ['--version']).status !== 0) return []
  return ['taskset', '-c', allowedCores().slice(0, 2).join(',')]
}

/** Numbers of the cores that this process may use, of which there may be fewer than the machine has. */
function allowedCores(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0-1'
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}
