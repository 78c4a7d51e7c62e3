import { faultOf } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Armed } from '../../modes/faults/fault-set.ts'
import type { Session } from '../session.ts'
import type { WorkerServers } from '../worker-servers.ts'

/**
 * Arms the fault of a cell, and with it the one without which nothing would be asked there.
 *
 * @returns `undefined` when there is nowhere to arm it
 */
export function armCell(cell: Cell, session: Session, servers: WorkerServers | undefined): Armed | undefined {
  const { after, ...own } = cell
  const armed = armOne(own, session, servers)
  const first = after && armOne({ ...own, ...after }, session, servers)
  if (!armed || !first) return armed
  return {
    name: armed.name,
    get struck() {
      return armed.struck
    },
    get hindered() {
      return armed.hindered
    },
    disarm() {
      armed.disarm()
      first.disarm()
    },
  }
}

function armOne(cell: Cell, session: Session, servers: WorkerServers | undefined): Armed | undefined {
  const { operation, nth, detail, answered } = cell
  const fault = faultOf(cell)?.arm({ operation, nth, ...(answered && { answered }) }, detail)
  if (!fault) return undefined
  if ('before' in fault) return session.arm(cell.boundary, fault as never)
  return servers?.find(cell.boundary)?.arm(fault)
}
