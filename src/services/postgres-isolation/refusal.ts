import { MortarError } from '../../core/errors.ts'
import { errorResponse } from '../../protocols/postgres/encode.ts'
import { PostgresFailed } from '../../protocols/postgres/own-session.ts'

/** What a client is told that cannot be let in. */
export function refusal(error: unknown): Buffer {
  const cause = MortarError.is(error) ? error.cause : error
  if (cause instanceof PostgresFailed) {
    const { severity, code, message } = cause.server
    return errorResponse({ S: severity, V: severity, C: code, M: message })
  }
  return errorResponse({
    S: 'FATAL',
    V: 'FATAL',
    C: '08001',
    M: `the server cannot be reached: ${(error as Error).message}`,
  })
}
