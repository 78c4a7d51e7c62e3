import type { Duplex } from 'node:stream'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Target } from '../../core/fault.ts'
import { pause } from '../../core/real-clock.ts'
import type { WireLink } from '../../core/wire.ts'
import { errorPacket } from './encode.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { refusedWith } from './server-errors.ts'
import type { MysqlSession } from './session.ts'

const connecting: Target = { operation: 'CONNECT', effect: false, fingerprint: 'CONNECT' }

/**
 * Lets a fault strike the opening of a session, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export async function strikeConnecting(
  client: Duplex,
  { faults, signal }: WireLink<MysqlQuestion, MysqlReply>,
  session: MysqlSession,
): Promise<boolean> {
  const disturbance = faults?.watching ? faults.strike(connecting) : undefined
  switch (disturbance?.do) {
    case 'delay':
      await pause(disturbance.ms, signal, disturbance.released)
      return !signal.aborted
    case 'refuse': {
      const { errno, message } = refusedWith(disturbance.error)
      // Nothing is known of the client yet, so the server leaves the SQLSTATE out.
      const error = errorPacket(0, { errno, message })
      session.take('service', error)
      session.end()
      client.on('error', () => {})
      client.end(error)
      client.resume()
      return false
    }
    case 'cut':
    case 'lose':
      session.end('reset', 'the connection was lost before the server answered')
      client.on('error', () => {})
      resetConnection(client)
      return false
    default:
      return true
  }
}
