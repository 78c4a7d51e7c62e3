import type { Duplex } from 'node:stream'
import { mayConnect } from '../../core/connect-fault.ts'
import type { WireLink } from '../../core/wire.ts'
import { errorPacket } from './encode.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { refusedWith } from './server-errors.ts'
import type { MysqlSession } from './session.ts'

/**
 * Lets a fault strike the opening of a session, before the server hears of it.
 *
 * @returns Whether the client may go on.
 */
export function strikeConnecting(
  client: Duplex,
  { faults, signal }: WireLink<MysqlQuestion, MysqlReply>,
  session: MysqlSession,
): Promise<boolean> {
  return mayConnect({
    client,
    faults,
    gone: signal,
    refuse(refused) {
      const { errno, message } = refusedWith(refused)
      // Nothing is known of the client yet, so the server leaves the SQLSTATE out.
      const error = errorPacket(0, { errno, message })
      session.take('service', error)
      session.end()
      return error
    },
    onLost: () => session.end('reset', 'the connection was lost before the server answered'),
  })
}
