import { anyText } from '../../core/any-value.ts'
import type { Timed } from '../../core/exchange.ts'
import type { Json } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { MysqlQuestion, MysqlReply, MysqlRows, MysqlValue } from './message.ts'

/** Replaces secrets in statements and parameters, values of columns that are credentials, and what errors quote. */
export function redactMysql(
  content: Content<MysqlQuestion, MysqlReply>,
  redactor: Redactor,
): Content<MysqlQuestion, MysqlReply> {
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

function redactReply(timed: Timed<MysqlReply>, redactor: Redactor): Timed<MysqlReply> {
  const { message } = timed
  switch (message.type) {
    case 'rows': {
      const rows = redactRows(message, redactor)
      return rows === message ? timed : { ...timed, message: rows }
    }
    case 'error': {
      const text = redactor.text(message.error.message, 'answer.message')
      if (text === message.error.message) return timed
      return { ...timed, message: { ...message, error: { ...message.error, message: text } } }
    }
    case 'failure': {
      const text = redactor.text(message.message, 'answer.message')
      return text === message.message ? timed : { ...timed, message: { ...message, message: text } }
    }
    default:
      return timed
  }
}

function redactRows(message: MysqlRows, redactor: Redactor): MysqlRows {
  const values = message.values.map((row) => redactRow(row, message, redactor))
  return values.every((row, i) => row === message.values[i]) ? message : { ...message, values }
}

function redactRow(row: readonly MysqlValue[], { columns }: MysqlRows, redactor: Redactor): readonly MysqlValue[] {
  const after = row.map((value, i) => {
    if (typeof value !== 'string') return value
    const name = columns[i]?.name ?? ''
    const safe = redactor.json({ [name]: value }, 'answer.values') as { readonly [name: string]: Json }
    return anyText(safe[name])
  })
  return after.every((value, i) => value === row[i]) ? row : after
}
