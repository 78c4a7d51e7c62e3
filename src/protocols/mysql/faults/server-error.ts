import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** Any other error of the server by its number; the statement is not done. */
export function serverError(errno: number, message?: string): ProtocolFault {
  return { name: `mysql ${errno}`, match: {}, disturbance: refusal(errno, message) }
}
