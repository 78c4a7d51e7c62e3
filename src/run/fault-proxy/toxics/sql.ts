import { anyText } from '../../../core/any-value.ts'
import { readOnly } from '../../../modes/faults/read-only.ts'
import { sqlstate } from '../../../modes/faults/sqlstate.ts'
import { mysqlFaults } from '../../../protocols/mysql/faults.ts'
import { faultMatch } from '../attributes.ts'
import { match, protocolToxic, type QuestionToxics, text } from './question-toxic.ts'

const databases = ['postgres', 'mysql']

const sqlstateShape = { pattern: /^[0-9A-Z]{5}$/, words: 'five of 0-9 and A-Z' }

/** Toxics of databases that speak SQL. */
export const sqlToxics: QuestionToxics = {
  sqlstate: {
    kind: 'question',
    protocols: databases,
    attributes: {
      code: { type: 'text', required: true, shape: sqlstateShape },
      message: text,
      fields: { type: 'texts' },
      fatal: { type: 'flag' },
      match,
    },
    fault: ({ code, match: wanted, ...more }) => sqlstate(anyText(code), { ...more, ...faultMatch(wanted) }),
  },
  read_only: {
    kind: 'question',
    protocols: databases,
    attributes: { match },
    fault: ({ match: wanted }) => readOnly(faultMatch(wanted)),
  },
  mysql_error: protocolToxic(
    ['mysql'],
    { errno: { type: 'number', required: true }, message: text },
    ({ errno, message }: { readonly errno: number; readonly message?: string }) =>
      mysqlFaults.serverError(errno, message),
  ),
  mysql_deadlock: protocolToxic(['mysql'], {}, mysqlFaults.deadlock),
  mysql_duplicate: protocolToxic(['mysql'], { entry: text, key: text }, mysqlFaults.duplicate),
  mysql_lock_wait_timeout: protocolToxic(['mysql'], {}, mysqlFaults.lockWaitTimeout),
  mysql_gone_away: protocolToxic(['mysql'], {}, mysqlFaults.goneAway),
  mysql_lost_during_query: protocolToxic(['mysql'], {}, mysqlFaults.lostDuringQuery),
  mysql_too_many_connections: protocolToxic(['mysql'], {}, mysqlFaults.tooManyConnections),
}
