import type { ServiceError } from '../../core/fault.ts'

/** An error that a fault asked for, by the letters of an ErrorResponse. */
export function errorFields({ code, message, fields }: ServiceError, severity: string): Record<string, string> {
  const { constraint, detail, hint, table, column, schema } = fields ?? {}
  const letters = { D: detail, H: hint, s: schema, t: table, c: column, n: constraint }
  const said = Object.entries(letters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { S: severity, V: severity, C: code, M: message, ...Object.fromEntries(said), R: 'mortar' }
}
