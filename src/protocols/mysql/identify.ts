import type { Facet, Identity } from '../../core/identity.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { MysqlQuestion } from './message.ts'

/**
 * Two statements are the same one when text and parameters are, prepared or not. The database is left out: it may have
 * another name for each worker.
 */
export function identify({ kind, sql, parameters }: MysqlQuestion): Identity {
  if (kind === 'connect') return { origin: '', method: 'CONNECT', path: '', rest: '' }
  if (kind === 'command') return { origin: '', method: 'COMMAND', path: sql, rest: '' }
  const values = parameters.map((value) => value && dropPlaceholderIds(value))
  return {
    origin: '',
    method: 'STATEMENT',
    path: fingerprintOf(sql).fingerprint,
    rest: JSON.stringify([dropPlaceholderIds(sql), ...values]),
  }
}

/** `sql`, then `parameters[0]` and so on. */
export function facetsOf({ kind, sql, parameters }: MysqlQuestion): readonly Facet[] {
  if (kind === 'connect') return [{ path: 'sql', value: 'CONNECT' }]
  return [
    { path: 'sql', value: sql },
    ...parameters.map((value, i) => ({ path: `parameters[${i}]`, value: value ?? 'NULL' })),
  ]
}
