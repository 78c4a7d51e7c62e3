import type { Content } from '../../core/protocol.ts'
import { fingerprintOf } from '../../protocols/postgres/fingerprint.ts'
import type { PostgresError, PostgresQuestion, PostgresReply } from '../../protocols/postgres/message.ts'
import type { Facts, PlanFacts, ServerError, SqlFacts, TransactionState } from '../moment.ts'

/** What a question to PostgreSQL was and what became of it. */
export function postgresFacts({ question, messages }: Content<PostgresQuestion, PostgresReply>): Facts {
  const session = String(question.session)
  if (question.kind === 'cancel') return {}
  const found: { error?: ServerError; failure?: Facts['failure'] } = {}
  let rows = 0
  let done = ''
  let transaction: TransactionState | undefined
  const plans: PlanFacts[] = []
  for (const { message } of messages) {
    if (message.type === 'result') {
      rows += message.rows
      done = message.command
    } else if (message.type === 'suspended') rows += message.rows
    else if (message.type === 'error') found.error ??= errorOf(message.error)
    else if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    } else if (message.type === 'ready') ({ transaction } = message)
    else if (message.type === 'notice') plans.push(...planIn(message.error.message))
  }
  const told = plans.length > 0 ? { plans } : {}
  if (question.kind === 'connect') return { session, connect: true, ...told, ...found }
  const { fingerprint, verbs } = fingerprintOf(question.sql)
  const { sql: text, parameters } = question
  const sql: SqlFacts = { text, fingerprint, verbs, parameters, rows, done, transaction }
  return { session, sql, ...told, ...found }
}

function errorOf({ code, message, detail, hint, constraint, table, column }: PostgresError): ServerError {
  const named = { detail, hint, constraint, table, column }
  const details = Object.entries(named).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  return { code, message, ...(details.length > 0 && { details }) }
}

/** What the module auto_explain sends to a client that wants to hear of it. */
function planIn(notice: string): PlanFacts[] {
  const [, text, plan] = /^duration: [\d.]+ ms {2}plan:\nQuery Text: (.*?)\n(\S.*\(cost=.*)$/s.exec(notice) ?? []
  return text === undefined || plan === undefined ? [] : [{ text, plan: plan.trim() }]
}
