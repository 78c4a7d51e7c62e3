import { faultOf } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Armed } from '../../modes/faults/fault-set.ts'
import { slowQuestion } from '../../modes/faults/slow-question.ts'
import type { HttpFault } from '../../protocols/http/faults/http-fault.ts'
import type { Session } from '../session.ts'
import type { WorkerServers } from '../worker-servers.ts'

const databases: ReadonlySet<string> = new Set(['postgres', 'mysql'])

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
  const known = faultOf(cell)
  const fault = known?.arm({ operation, nth, ...(answered && { answered }) }, detail)
  if (!fault) return undefined
  if (!('before' in fault)) return servers?.find(cell.boundary)?.arm(fault)
  return session.arm(cell.boundary, (known?.overlaps && servers ? overlapping(fault, servers) : fault) as never)
}

/**
 * How late the first one is to change something, milliseconds: the other one has opened a connection and looked by then,
 * where there was but one in a pool.
 */
const overlapMs = 150

/** Of two that come at the same time, each gets as far as it does where the other one has not changed anything yet. */
function overlapping(fault: HttpFault, servers: WorkerServers): HttpFault {
  return {
    ...fault,
    before(...given) {
      for (const { boundary, arm } of servers.all) {
        if (databases.has(boundary.input.protocol)) arm(slowQuestion(overlapMs, { effect: true }))
      }
      return fault.before(...given)
    },
  }
}
