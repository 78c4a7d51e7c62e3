import type { Duplex } from 'node:stream'
import type { Connect } from '../../core/protocol.ts'
import { duplexLane } from '../../core/duplex-lane.ts'
import { firstBytes, readUpTo } from '../../core/read-up-to.ts'
import { spokenIn } from '../../core/spoken-in.ts'
import type { WireLink } from '../../core/wire.ts'
import type { NatsQuestion, NatsReply } from './message.ts'
import type { NatsSession } from './session.ts'

/** Both sides of a connection, after the server's INFO. */
export interface Agreed {
  readonly client: Duplex
  /** Gives the connection to the server, which is open. */
  readonly connect: Connect
}

/**
 * Passes the server's INFO on, with what it says of TLS as it is on the client's side, and lets each side speak TLS:
 * the server where we shall, the client where it begins to.
 *
 * @throws Error when a side closes or does not speak as it should
 */
export async function agreeOnTls(
  client: Duplex,
  { connect, secure, acceptTls, offerTls, faults }: WireLink<NatsQuestion, NatsReply>,
  session: NatsSession,
): Promise<Agreed> {
  client.on('error', () => {})
  const plain = await connect()
  plain.on('error', () => {})
  const gone = new AbortController()
  const leave = (): void => {
    gone.abort()
    client.destroy()
    plain.destroy()
  }
  client.once('close', leave)
  plain.once('close', leave)
  try {
    const line = await readUpTo(plain, (bytes) => bytes.indexOf('\n') + 1)
    const info = infoIn(line)
    if (secure && info['tls_required'] !== true && info['tls_available'] !== true)
      throw Object.assign(new Error('the server does not speak TLS'), { code: 'ERR_TLS_REFUSED' })
    const far = secure ? await secure(plain) : plain
    far.on('error', () => {})
    const { tls_required: _required, tls_available: _available, tls_verify: _verify, ...rest } = info
    const offered = acceptTls && offerTls ? { tls_available: true } : {}
    const shown = secure || 'tls_available' in info ? infoLine({ ...rest, ...offered }) : line
    session.take('service', shown)
    const end = duplexLane(client, gone.signal, leave)
    void (faults?.disturb('service', end) ?? end).write(shown)
    let near = client
    const spoken = spokenIn(await firstBytes(client))
    if (spoken === 'TLS' && acceptTls) near = await acceptTls(client)
    near.on('error', () => {})
    return { client: near, connect: () => Promise.resolve(far) }
  } catch (error) {
    plain.destroy()
    throw error
  } finally {
    client.off('close', leave)
    plain.off('close', leave)
  }
}

function infoIn(line: Buffer): Record<string, unknown> {
  const text = line.toString('utf8')
  if (!/^INFO\s/i.test(text)) throw new Error('the server does not speak NATS')
  return JSON.parse(text.slice(5)) as Record<string, unknown>
}

function infoLine(info: object): Buffer {
  return Buffer.from(`INFO ${JSON.stringify(info)}\r\n`)
}
