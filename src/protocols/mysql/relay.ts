import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Faults } from '../../core/fault.ts'
import type { WireLink } from '../../core/wire.ts'
import { type Agreed, agreeOnTls } from './agree-on-tls.ts'
import { strikeConnecting } from './connect-fault.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { MessageHold } from './message-hold.ts'
import { MysqlSession, type SessionOptions } from './session.ts'

/** What may be done with a connection while it is carried. */
export interface LiveConnection {
  readonly session: MysqlSession
  /** Keeps what the client sends from now on, until `release`. */
  hold(): void
  release(): void
}

/** How a connection is carried. */
export interface RelayOptions extends Omit<SessionOptions, 'recorder'> {
  /** Changes a message of the client before it is sent. */
  readonly rewrite?: (body: Buffer, session: MysqlSession) => Buffer
  /** Called when the connection to the server is there. */
  readonly opened?: (connection: LiveConnection) => void
}

/** Carries one connection until it ends. Does not reject. */
export async function relayMysql(
  client: Duplex,
  link: WireLink<MysqlQuestion, MysqlReply>,
  { rewrite, opened, ...options }: RelayOptions = {},
): Promise<void> {
  const session = new MysqlSession({ ...options, ...(link.recorder && { recorder: link.recorder }) })
  if (!(await strikeConnecting(client, link, session))) return
  let ends: Agreed = { client, connect: link.connect, ahead: 0 }
  if (link.acceptTls || link.secure) {
    try {
      const agreed = await agreeOnTls(client, link, session)
      if (!agreed) return
      ends = agreed
    } catch (error) {
      session.end('unreachable', (error as Error).message)
      return resetConnection(client)
    }
  }
  const faults = link.faults ?? noFaults
  await carry(ends.client, { ...link, faults, connect: ends.connect }, session, (carriage) => {
    const hold = new MessageHold({
      session,
      faults,
      carriage,
      ahead: ends.ahead,
      ...(rewrite && { rewrite: (body: Buffer) => rewrite(body, session) }),
    })
    opened?.({ session, hold: () => hold.hold(), release: () => hold.release() })
    return hold.gates
  })
}

const noFaults: Faults = {
  watching: false,
  concerns: () => false,
  strike: () => undefined,
  disturb: (_from, next) => next,
}
