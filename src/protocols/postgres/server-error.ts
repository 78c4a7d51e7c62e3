import { readFields } from './decode.ts'
import type { PostgresError } from './message.ts'

/** Reads the body of an ErrorResponse or NoticeResponse. */
export function readServerError(body: Buffer): PostgresError {
  const fields = readFields(body)
  const { D: detail, H: hint, n: constraint, t: table, c: column, P: position } = fields
  return {
    severity: fields['V'] ?? fields['S'] ?? 'ERROR',
    code: fields['C'] ?? 'XX000',
    message: fields['M'] ?? '',
    ...(detail !== undefined && { detail }),
    ...(hint !== undefined && { hint }),
    ...(constraint !== undefined && { constraint }),
    ...(table !== undefined && { table }),
    ...(column !== undefined && { column }),
    ...(position !== undefined && { position: Number(position) }),
  }
}
