import type { Duplex } from 'node:stream'
import { duplexLane } from '../../core/duplex-lane.ts'
import type { Sender } from '../../core/exchange.ts'
import type { Lane } from '../../core/lane.ts'
import { firstBytes } from '../../core/read-up-to.ts'
import { spokenIn } from '../../core/spoken-in.ts'
import type { Connect } from '../../core/protocol.ts'
import type { WireLink } from '../../core/wire.ts'
import { errorPacket, packet } from './encode.ts'
import { asksForTls, maskGreeting, readGreeting, tlsRequest, withTls } from './handshake.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import type { MysqlSession } from './session.ts'
import { capability } from './types.ts'

/** Both sides of a connection, when the client has said who it is. */
export interface Agreed {
  readonly client: Duplex
  /** Gives the connection to the server, which is open. */
  readonly connect: Connect
  /** How much higher the server numbers its packets than the client does. */
  readonly ahead: number
}

/**
 * Greets the client in the server's name and lets each side speak TLS that can: the client where it asks for it, the
 * server where we shall. The first message of the login has been sent to the server when this is done.
 *
 * @returns `undefined` when the client speaks something else and was told so.
 * @throws Error when a side closes or does not speak as it should
 */
export async function agreeOnTls(
  client: Duplex,
  link: WireLink<MysqlQuestion, MysqlReply>,
  session: MysqlSession,
): Promise<Agreed | undefined> {
  const { acceptTls, secure, faults, strange } = link
  const plain = await link.connect()
  plain.on('error', () => {})
  client.on('error', () => {})
  const gone = new AbortController()
  const leave = (): void => {
    gone.abort()
    client.destroy()
    plain.destroy()
  }
  client.once('close', leave)
  plain.once('close', leave)
  const lane = (from: Sender, to: Duplex): Lane => {
    const end = duplexLane(to, gone.signal, leave)
    return faults?.disturb(from, end) ?? end
  }
  try {
    const greeting = await readMessage(plain)
    const { capabilities } = readGreeting(greeting.body)
    if (secure && (capabilities & capability.tls) === 0) throw new Error('the server does not speak TLS')
    const shown = packet(greeting.sequence, offerTls(maskGreeting(greeting.body, true), acceptTls !== undefined))
    session.take('service', shown)
    void lane('service', client).write(shown)
    const spoken = spokenIn(await firstBytes(client))
    if (spoken !== undefined) {
      strange?.(spoken)
      client.end(errorPacket(1, { errno: 1043, sqlstate: '08S01', message: `this is MySQL, not ${spoken} (Mortar)` }))
      client.resume()
      plain.destroy()
      return undefined
    }
    let near = client
    let login = await readMessage(client)
    if (acceptTls && asksForTls(login.body)) {
      near = await acceptTls(client)
      near.on('error', () => {})
      login = await readMessage(near)
    }
    session.take('client', packet(login.sequence, login.body))
    let far = plain
    let sequence = 1
    if (secure) {
      plain.write(packet(sequence++, tlsRequest(login.body)))
      far = await secure(plain)
      far.on('error', () => {})
    }
    void lane('client', far).write(packet(sequence, withTls(login.body, secure !== undefined)))
    return { client: near, connect: () => Promise.resolve(far), ahead: sequence - login.sequence }
  } catch (error) {
    plain.destroy()
    throw error
  } finally {
    client.off('close', leave)
    plain.off('close', leave)
  }
}

function offerTls(greeting: Buffer, offered: boolean): Buffer {
  const low = greeting.indexOf(0, 1) + 1 + 4 + 8 + 1
  const before = greeting.readUInt16LE(low)
  greeting.writeUInt16LE(offered ? before | capability.tls : before & ~capability.tls, low)
  return greeting
}

/** Reads one message and not one byte more. @throws Error when the connection ends before */
function readMessage(from: Duplex): Promise<MysqlFrame> {
  const scanner = new PacketScanner()
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      from.off('readable', read).off('end', ended).off('close', ended)
      settle()
    }
    const read = (): void => {
      for (let chunk = from.read() as Buffer | null; chunk; chunk = from.read() as Buffer | null) {
        const scanned = scanner.next(chunk, 0)
        if (!scanned) continue
        if (scanned.end < chunk.length) from.unshift(chunk.subarray(scanned.end))
        return done(() => resolve(scanned.frame))
      }
    }
    const ended = (): void => done(() => reject(new Error('the connection ended before the login')))
    from.on('readable', read).on('end', ended).on('close', ended)
    if (from.destroyed || from.readableEnded) ended()
    else read()
  })
}
