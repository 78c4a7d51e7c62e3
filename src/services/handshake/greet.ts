import type { Duplex } from 'node:stream'
import type { ClientTls } from '../../engine/client-tls.ts'
import { openConnection, upgradeConnection } from '../../engine/connect.ts'
import { bypass } from '../../engine/originals.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** What a server says of itself when it answers. */
export interface Greeting {
  /** Absent when it does not say. */
  readonly version?: string
  /** Set when it answered, but did not let us in; whoever has the credentials can use it. */
  readonly refused?: string
}

/** The first words of one protocol: enough to know that a server is there and takes questions. */
export interface Handshake<T> {
  /**
   * Agrees on TLS before all else; absent: it stands before the first byte.
   *
   * @returns What the server has said meanwhile, to be read again.
   * @throws Error when the server does not speak TLS
   */
  readonly requestTls?: (server: Duplex) => Promise<Buffer | undefined>
  /** What we say first; absent: the server does. */
  readonly opening?: Buffer
  /**
   * Reads all that has come so far.
   *
   * @returns What the server said; `undefined` while more must come.
   * @throws Error when it is not ready, or is no server of this protocol
   */
  read(received: Buffer, say: (bytes: Buffer | string) => void): T | undefined
}

/** Whom to greet. */
export interface GreetOptions {
  readonly host: string
  readonly port: number
  /** Left out: in the clear. */
  readonly tls?: ClientTls
  readonly timeoutMs: number
}

/**
 * Connects and goes through a handshake; the connection is closed afterwards.
 *
 * @throws Error saying why there was no greeting
 */
export async function greet<T>(handshake: Handshake<T>, { host, port, tls, timeoutMs }: GreetOptions): Promise<T> {
  const deadline = realAbortAfter(timeoutMs)
  const plain = await bypass(() =>
    openConnection({
      host,
      port,
      timeoutMs,
      signal: deadline,
      scheme: 'tcp',
      ...(tls && !handshake.requestTls && { tls }),
    }),
  )
  let socket = plain
  try {
    const said = tls && handshake.requestTls ? await within(deadline, handshake.requestTls(plain)) : undefined
    if (tls && handshake.requestTls) socket = await within(deadline, upgradeConnection(plain, tls))
    return await new Promise<T>((resolve, reject) => {
      let received: Buffer = said ?? Buffer.alloc(0)
      const say = (bytes: Buffer | string): void => void socket.write(bytes)
      deadline.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true })
      socket.once('error', reject).once('close', () => reject(new Error('it closed the connection')))
      const look = (): void => {
        try {
          const greeting = handshake.read(received, say)
          if (greeting !== undefined) resolve(greeting)
        } catch (error) {
          reject(error as Error)
        }
      }
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        look()
      })
      if (said) look()
      if (handshake.opening) say(handshake.opening)
    })
  } finally {
    socket.destroy()
    plain.destroy()
  }
}

function within<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error('no TLS in time')), { once: true })
    work.then(resolve, reject)
  })
}
