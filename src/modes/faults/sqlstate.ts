import type { FaultMatch, QuestionFault } from './fault-set.ts'
import { wordTable } from '../../core/word-table.ts'

/** What else the error says. */
export interface SqlstateOptions extends FaultMatch {
  /** Default: what PostgreSQL says for this code, where it says always the same. */
  readonly message?: string
  /** `constraint`, `detail`, `hint`, `table`, `column`, `schema`. */
  readonly fields?: Readonly<Record<string, string>>
  /** Whether the server ends the connection with it. Default: as PostgreSQL does for this code. */
  readonly fatal?: boolean
}

const messages: Readonly<Record<string, string>> = wordTable({
  '08006': 'connection failure',
  '22012': 'division by zero',
  '23502': 'null value violates not-null constraint',
  '23503': 'insert or update violates foreign key constraint',
  '23505': 'duplicate key value violates unique constraint',
  '25006': 'cannot execute the statement in a read-only transaction',
  '25P03': 'terminating connection due to idle-in-transaction timeout',
  '28P01': 'password authentication failed',
  '3D000': 'database does not exist',
  '40001': 'could not serialize access due to concurrent update',
  '40P01': 'deadlock detected',
  '42501': 'permission denied',
  '53100': 'could not extend file: No space left on device',
  '53200': 'out of memory',
  '53300': 'sorry, too many clients already',
  '55P03': 'could not obtain lock',
  '57014': 'canceling statement due to user request',
  '57P01': 'terminating connection due to administrator command',
  '57P02': 'terminating connection because of crash of another server process',
  '57P03': 'the database system is starting up',
})
const ending = new Set(['25P03', '28P01', '3D000', '53300', '57P01', '57P02', '57P03'])

/**
 * The statement fails with this SQLSTATE and is not done; its transaction is aborted, as it would be. Codes that end
 * the connection end it. MariaDB and MySQL report the error number of theirs that means the same. To refuse connections, match the operation `CONNECT`.
 *
 * @param code - Five characters: `40001`.
 */
export function sqlstate(code: string, options: SqlstateOptions = {}): QuestionFault {
  const { message = messages[code] ?? `error ${code}`, fields, fatal = ending.has(code), ...match } = options
  return {
    name: `sqlstate ${code}`,
    match,
    disturbance: {
      do: 'refuse',
      error: { code, message, fatal, ...(fields && { fields }), ...(options.message === undefined && { usual: true }) },
    },
  }
}
