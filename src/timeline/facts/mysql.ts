import type { Content } from '../../core/protocol.ts'
import { fingerprintOf } from '../../protocols/mysql/fingerprint.ts'
import type { MysqlQuestion, MysqlReply } from '../../protocols/mysql/message.ts'
import type { Facts, ServerError, SqlFacts, TransactionState } from '../moment.ts'

/** A deadlock ends the transaction by itself. */
const deadlock = 1213

/** What a question to MariaDB or MySQL was and what became of it. */
export function mysqlFacts({ question, messages }: Content<MysqlQuestion, MysqlReply>): Facts {
  const session = String(question.session)
  const found: { error?: ServerError; failure?: Facts['failure'] } = {}
  let rows = 0
  let done = ''
  let transaction: TransactionState | undefined
  for (const { message } of messages) {
    if (message.type === 'rows') {
      rows += message.rows
      transaction = message.transaction ? 'open' : 'idle'
    } else if (message.type === 'done') {
      done = `${message.affected} affected`
      transaction = message.transaction ? 'open' : 'idle'
    } else if (message.type === 'error') {
      const { errno, sqlstate, message: text } = message.error
      found.error ??= { code: String(errno), message: text, details: [`SQLSTATE ${sqlstate}`] }
      if (errno === deadlock) transaction = 'idle'
    } else if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    }
  }
  if (question.kind === 'connect') return { session, connect: true, ...found }
  if (question.kind === 'command') return { session, ...found }
  const { fingerprint, verbs } = fingerprintOf(question.sql)
  const { sql: text, parameters } = question
  const rolledBack = verbs.at(-1) === 'ROLLBACK' && transaction === 'idle'
  const sql: SqlFacts = {
    text,
    fingerprint,
    verbs,
    parameters,
    rows,
    done: rolledBack ? 'ROLLBACK' : done,
    transaction,
  }
  return { session, sql, ...found }
}
