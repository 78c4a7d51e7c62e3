import type { Timed } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'

/** Replaces secrets in the text of statements, in parameters, and in what the server quotes of them. */
export function redactPostgres(
  content: Content<PostgresQuestion, PostgresReply>,
  redactor: Redactor,
): Content<PostgresQuestion, PostgresReply> {
  const { question } = content
  const sql = redactor.text(question.sql, 'question.sql')
  const parameters = question.parameters.map((value, i) => value && redactor.text(value, `question.parameters[${i}]`))
  const messages = content.messages.map((timed) => redactReply(timed, redactor))
  const same =
    sql === question.sql &&
    parameters.every((value, i) => value === question.parameters[i]) &&
    messages.every((message, i) => message === content.messages[i])
  return same ? content : { question: { ...question, sql, parameters }, messages }
}

function redactReply(timed: Timed<PostgresReply>, redactor: Redactor): Timed<PostgresReply> {
  const { message } = timed
  if (message.type === 'notification') {
    const payload = redactor.text(message.payload, 'answer.payload')
    return payload === message.payload ? timed : { ...timed, message: { ...message, payload } }
  }
  if (message.type !== 'error' && message.type !== 'notice') return timed
  const text = redactor.text(message.error.message, 'answer.message')
  const detail = message.error.detail && redactor.text(message.error.detail, 'answer.detail')
  if (text === message.error.message && detail === message.error.detail) return timed
  const error = { ...message.error, message: text, ...(detail !== undefined && { detail }) }
  return { ...timed, message: { ...message, error } }
}
