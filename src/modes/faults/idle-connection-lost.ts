import type { FaultMatch, QuestionFault } from './fault-set.ts'

/**
 * The statement is done and answered; as soon as nobody waits for anything on its connection, the server ends it with
 * 57P01, as it does when it is shut down; MariaDB with 1053. PostgreSQL, MariaDB and MySQL.
 */
export function idleConnectionLost(match: FaultMatch = {}): QuestionFault {
  const message = 'terminating connection due to administrator command'
  return {
    name: 'idle connection lost',
    match,
    disturbance: { do: 'end', error: { code: '57P01', message, usual: true, fatal: true } },
  }
}
