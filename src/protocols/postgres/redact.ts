import type { Timed } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import { redactCopied, redactRows } from './redact-rows.ts'

/** What of an error may quote what was asked. */
const quoting = ['message', 'detail', 'hint', 'where', 'internalQuery'] as const

/** Replaces secrets in the text of statements, in parameters, in rows, and in what the server quotes of them. */
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
  const safe = redactMessage(message, redactor)
  return safe === message ? timed : { ...timed, message: safe }
}

function redactMessage(message: PostgresReply, redactor: Redactor): PostgresReply {
  switch (message.type) {
    case 'result':
    case 'suspended':
      return redactRows(message, redactor)
    case 'copied':
      return redactCopied(message, redactor)
    case 'notification': {
      const payload = redactor.text(message.payload, 'answer.payload')
      return payload === message.payload ? message : { ...message, payload }
    }
    case 'error':
    case 'notice':
      return redactError(message, redactor)
    default:
      return message
  }
}

function redactError(
  message: PostgresReply & { readonly type: 'error' | 'notice' },
  redactor: Redactor,
): PostgresReply {
  const changed = quoting.flatMap((name) => {
    const before = message.error[name]
    const after = before && redactor.text(before, `answer.${name}`)
    return after === before ? [] : [[name, after] as const]
  })
  return changed.length === 0 ? message : { ...message, error: { ...message.error, ...Object.fromEntries(changed) } }
}
