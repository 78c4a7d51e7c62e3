import type { Duplex } from 'node:stream'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Faults } from '../../core/fault.ts'
import { pause } from '../../core/real-clock.ts'
import { errorResponse } from './encode.ts'
import { errorFields } from './error-fields.ts'

const connecting = { operation: 'CONNECT', effect: false, fingerprint: 'CONNECT' } as const

/**
 * Lets a fault strike the opening of a session, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export async function strikeConnecting(
  client: Duplex,
  faults: Faults | undefined,
  gone: AbortSignal,
): Promise<boolean> {
  const disturbance = faults?.watching ? faults.strike(connecting) : undefined
  switch (disturbance?.do) {
    case 'delay':
      await pause(disturbance.ms, gone, disturbance.released)
      return !gone.aborted
    case 'refuse':
      client.end(errorResponse(errorFields(disturbance.error, 'FATAL')))
      client.resume()
      return false
    case 'cut':
    case 'lose':
      resetConnection(client)
      return false
    default:
      return true
  }
}
