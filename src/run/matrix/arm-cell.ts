import { findFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Armed } from '../../modes/faults/fault-set.ts'
import type { Session } from '../session.ts'
import type { WorkerServers } from '../worker-servers.ts'

/** Arms the fault of a cell. @returns `undefined` when there is nowhere to arm it. */
export function armCell(cell: Cell, session: Session, servers: WorkerServers | undefined): Armed | undefined {
  const { operation, nth, detail } = cell
  const fault = findFault(cell.fault)?.arm({ operation, nth }, detail)
  if (!fault) return undefined
  if ('before' in fault) return session.arm(cell.boundary, fault as never)
  return servers?.find(cell.boundary)?.arm(fault)
}
