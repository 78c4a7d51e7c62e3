import type { Operation, Outcome } from '../../core/protocol.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'

/** The class of a question: verb and main table of a statement, else what it is for. */
export function operationOf({ kind, sql }: PostgresQuestion): Operation {
  if (kind === 'connect') return { name: 'CONNECT', effect: false }
  if (kind === 'cancel') return { name: 'CANCEL', effect: false }
  const { operation, effect } = fingerprintOf(sql)
  return kind === 'prepare' ? { name: `PREPARE ${operation}`, effect: false } : { name: operation, effect }
}

/** A question in one line: `SELECT name FROM orders WHERE id = ?  [5]`. */
export function summaryOf({ kind, sql, parameters, database, user }: PostgresQuestion): string {
  if (kind === 'connect') return `CONNECT ${user}@${database}`
  if (kind === 'cancel') return 'CANCEL'
  const values = parameters.length > 0 ? `  [${parameters.map((value) => value ?? 'NULL').join(', ')}]` : ''
  const line = fingerprintOf(sql).fingerprint + values
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}

/** `3 rows`, `INSERT 0 1`, or the error: `23505 duplicate key value … (orders_pkey)`. */
export function outcomeOf(messages: readonly PostgresReply[]): Outcome {
  const parts: string[] = []
  for (const message of messages) {
    if (message.type === 'failure')
      return { summary: `${message.failure}: ${message.message}`, ok: false, failure: message.failure }
    if (message.type === 'error') {
      const { code, message: text, constraint } = message.error
      return { summary: `${code} ${text}${constraint ? ` (${constraint})` : ''}`, ok: false }
    }
    if (message.type === 'skipped') return { summary: 'skipped after an error', ok: false }
    if (message.type === 'result') parts.push(message.rows > 0 ? rows(message.rows) : message.command || 'empty')
    if (message.type === 'suspended') parts.push(`${rows(message.rows)}, more to come`)
    if (message.type === 'notification') parts.push(`notified of ${message.channel}`)
  }
  return { summary: parts.join('; ') || 'no answer', ok: true }
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}
