import type { Operation } from '../../core/protocol.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { MysqlQuestion } from './message.ts'

/** The class of a question: verb and main table of a statement, else what it is for. */
export function describe({ kind, sql }: MysqlQuestion): Operation {
  if (kind === 'connect') return { name: 'CONNECT', effect: false }
  if (kind === 'command') return { name: sql, effect: /^(?:CREATE|DROP) DATABASE/.test(sql) }
  const { operation, effect } = fingerprintOf(sql)
  return kind === 'prepare' ? { name: `PREPARE ${operation}`, effect: false } : { name: operation, effect }
}

/** A question in one line: `SELECT name FROM orders WHERE id = ?  [5]`. */
export function summarize({ kind, sql, parameters, database, user }: MysqlQuestion): string {
  if (kind === 'connect') return `CONNECT ${user}@${database}`
  if (kind === 'command') return sql
  const values = parameters.length > 0 ? `  [${parameters.map((value) => value ?? 'NULL').join(', ')}]` : ''
  const line = fingerprintOf(sql).fingerprint + values
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
