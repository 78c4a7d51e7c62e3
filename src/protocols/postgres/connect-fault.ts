import type { Duplex } from 'node:stream'
import { mayConnect } from '../../core/connect-fault.ts'
import type { Faults } from '../../core/fault.ts'
import { errorResponse } from './encode.ts'
import { errorFields } from './error-fields.ts'

/**
 * Lets a fault strike the opening of a session, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export function strikeConnecting(client: Duplex, faults: Faults | undefined, gone: AbortSignal): Promise<boolean> {
  return mayConnect({ client, faults, gone, refuse: (error) => errorResponse(errorFields(error, 'FATAL')) })
}
