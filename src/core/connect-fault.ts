import type { Duplex } from 'node:stream'
import { resetConnection } from './duplex-lane.ts'
import type { Faults, ServiceError, Target } from './fault.ts'
import { pause } from './real-clock.ts'

const connecting: Target = { operation: 'CONNECT', effect: false, fingerprint: 'CONNECT' }

/** A session that a client is about to open. */
export interface Connecting {
  readonly client: Duplex
  readonly faults: Faults | undefined
  /** Aborted when the address is closed. */
  readonly gone: AbortSignal
  /** Says no as the server would. @returns Its bytes. */
  readonly refuse: (error: ServiceError) => Buffer
  /** Called before the connection is lost. */
  readonly onLost?: () => void
}

/**
 * Lets a fault strike the opening of a session, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export async function mayConnect({ client, faults, gone, refuse, onLost }: Connecting): Promise<boolean> {
  const disturbance = faults?.watching ? faults.strike(connecting) : undefined
  switch (disturbance?.do) {
    case 'delay':
      await pause(disturbance.ms, gone, disturbance.released)
      return !gone.aborted
    case 'refuse':
      client.on('error', () => {})
      client.end(refuse(disturbance.error))
      client.resume()
      return false
    case 'cut':
    case 'lose':
      onLost?.()
      client.on('error', () => {})
      resetConnection(client)
      return false
    default:
      return true
  }
}
