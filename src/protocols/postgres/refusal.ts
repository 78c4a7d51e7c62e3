import { MortarError } from '../../core/errors.ts'
import { refusalText } from '../../core/refusal-text.ts'
import { errorResponse } from './encode.ts'
import type { PostgresError } from './message.ts'
import { errorLetters } from './server-error.ts'

/** How PostgreSQL would say what `error` says. */
export function refusal(error: Error): PostgresError {
  const said = { severity: 'ERROR', code: 'XX000', routine: 'mortar' }
  if (!MortarError.is(error)) return { ...said, message: refusalText(error) }
  const { code, reason, where, hint } = error
  return { ...said, message: `${code} ${reason}`, hint, ...(where !== undefined && { where }) }
}

/** An error as it goes over the wire. */
export function encodeError(error: PostgresError): Buffer {
  return errorResponse(errorLetters(error))
}
