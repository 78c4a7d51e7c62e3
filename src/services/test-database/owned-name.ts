import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { isProcessAlive } from '../../files/process-alive.ts'

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)
const own = `${machine}_${process.pid}_${Date.now().toString(36)}`

/** A name for what this process makes on a server, so that it can be told and dropped when the process was killed. */
export function ownedName(prefix: string): string {
  return `${prefix}${own}`
}

/** What names of this machine's processes begin with. */
export function ownedBy(prefix: string): string {
  return `${prefix}${machine}_`
}

/** Whether the process that made this is gone. The name must begin as `ownedBy` says. */
export function isOrphan(prefix: string, name: string): boolean {
  const [pid = '', since = ''] = name.slice(ownedBy(prefix).length).split('_')
  return !isProcessAlive(Number(pid), Number.parseInt(since, 36))
}
