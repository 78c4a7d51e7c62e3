import type { Duplex } from 'node:stream'
import { mayConnect } from '../../core/connect-fault.ts'
import type { WireLink } from '../../core/wire.ts'
import { errorReply } from './encode.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import type { RedisSession } from './session.ts'

/**
 * Lets a fault strike the opening of a connection, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export function strikeConnecting(
  client: Duplex,
  { faults, signal }: WireLink<RedisQuestion, RedisReply>,
  session: RedisSession,
): Promise<boolean> {
  return mayConnect({
    client,
    faults,
    gone: signal,
    refuse({ code, message }) {
      session.end()
      return errorReply(code, message)
    },
    onLost: () => session.end('reset', 'the connection was lost before the server answered'),
  })
}
