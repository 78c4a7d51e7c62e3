import type { Duplex } from 'node:stream'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Target } from '../../core/fault.ts'
import { pause } from '../../core/real-clock.ts'
import type { WireLink } from '../../core/wire.ts'
import { errorReply } from './encode.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import type { RedisSession } from './session.ts'

const connecting: Target = { operation: 'CONNECT', effect: false, fingerprint: 'CONNECT' }

/**
 * Lets a fault strike the opening of a connection, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export async function strikeConnecting(
  client: Duplex,
  { faults, signal }: WireLink<RedisQuestion, RedisReply>,
  session: RedisSession,
): Promise<boolean> {
  const disturbance = faults?.watching ? faults.strike(connecting) : undefined
  switch (disturbance?.do) {
    case 'delay':
      await pause(disturbance.ms, signal, disturbance.released)
      return !signal.aborted
    case 'refuse': {
      const { code, message } = disturbance.error
      session.end()
      client.on('error', () => {})
      client.end(errorReply(code, message))
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
