import { deadlock } from './faults/deadlock.ts'
import { duplicate } from './faults/duplicate.ts'
import { goneAway } from './faults/gone-away.ts'
import { lockWaitTimeout } from './faults/lock-wait-timeout.ts'
import { lostDuringQuery } from './faults/lost-during-query.ts'
import { readOnly } from './faults/read-only.ts'
import { serverError } from './faults/server-error.ts'
import { tooManyConnections } from './faults/too-many-connections.ts'

/** What a MariaDB or MySQL can do to its clients, by name. */
export const mysqlFaults: {
  readonly deadlock: typeof deadlock
  readonly duplicate: typeof duplicate
  readonly goneAway: typeof goneAway
  readonly lockWaitTimeout: typeof lockWaitTimeout
  readonly lostDuringQuery: typeof lostDuringQuery
  readonly readOnly: typeof readOnly
  readonly serverError: typeof serverError
  readonly tooManyConnections: typeof tooManyConnections
} = { deadlock, duplicate, goneAway, lockWaitTimeout, lostDuringQuery, readOnly, serverError, tooManyConnections }
