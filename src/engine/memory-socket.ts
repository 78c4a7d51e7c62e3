import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { asker, askerOf, failClient, type LocalConnection } from '../core/asker.ts'

/** Where a client in this process believes it is connected to. */
export interface Destination {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** Runs work in the async context that is current when it is made. */
export type Snapshot = () => <T>(work: () => T) => T

const attached = new WeakMap<object, FarEnd>()

/** Whether the socket's other end is in this process. */
export function isMemorySocket(socket: unknown): boolean {
  return attached.has(socket as Socket)
}

/** Says whose the bytes are that the client writes from now on, where the async context of the write would not. */
export function writesAs(client: object, asker: ReturnType<Snapshot>): void {
  const far = attached.get(client)
  if (far) far.writer = asker
}

/** Says who asks on one stream of the connection. */
export function streamAs(client: object, stream: number, asker: ReturnType<Snapshot>): void {
  attached.get(client)?.streams.set(stream, asker)
}

/**
 * Turns a socket that has not connected into one end of an in-memory connection and returns the other end. The client
 * keeps a real `net.Socket`, so whatever it does with it works; no port, handle or name look-up is involved.
 */
export function attachMemory(client: Socket, to: Destination, snapshot: Snapshot): LocalConnection {
  const far = new FarEnd(client, snapshot)
  const near = client as unknown as NearEnd
  attached.set(client, far)
  const chain = (): Socket => client
  Object.assign(client, { ref: chain, unref: chain, setKeepAlive: chain, setNoDelay: chain })
  near._getpeername = () => ({ address: '127.0.0.1', family: 'IPv4', port: to.port })
  near._getsockname = () => ({ address: '127.0.0.1', family: 'IPv4', port: 0 })
  near._read = () => far.clientReads()
  near._write = (chunk, encoding, done) => {
    near._unrefTimer()
    far.fromClient(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk, done)
  }
  near._writev = (chunks, done) => {
    near._unrefTimer()
    const parts = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk,
    )
    far.fromClient(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), done)
  }
  near._final = (done) => {
    far.clientEnds()
    done()
  }
  near._destroy = (error, done) => {
    if (!far.destroyed) queueMicrotask(() => far.destroy())
    done(error)
    // A `net.Socket` says so itself, when its handle is closed; agents wait for it.
    process.nextTick(() => client.emit('close', error !== null))
  }
  client.resetAndDestroy = () => client.destroy()
  return far
}

/** The parts of `net.Socket` that carry bytes; replaced on the instance. */
interface NearEnd {
  _getpeername: () => object
  _getsockname: () => object
  _unrefTimer(): void
  _read: () => void
  _write: (chunk: Buffer | string, encoding: string, done: (error?: Error) => void) => void
  _writev: (chunks: { chunk: Buffer | string; encoding: string }[], done: (error?: Error) => void) => void
  _final: (done: () => void) => void
  _destroy: (error: Error | null, done: (error: Error | null) => void) => void
}

/** The service's end. What it writes reaches the client in a later microtask, as it would from a network. */
class FarEnd extends Duplex {
  [asker]: <T>(work: () => T) => T;
  [failClient]: (error: Error) => void
  writer: ReturnType<Snapshot> | undefined
  readonly streams: Map<number, ReturnType<Snapshot>> = new Map();
  [askerOf]: (stream: number) => ReturnType<Snapshot> | undefined
  readonly #client: Socket
  readonly #snapshot: Snapshot
  #clientWaits: ((error?: Error) => void) | undefined
  #serviceWaits: (() => void) | undefined

  constructor(client: Socket, snapshot: Snapshot) {
    super({ allowHalfOpen: true, decodeStrings: true })
    this.#client = client
    this.#snapshot = snapshot
    this[asker] = snapshot()
    this[askerOf] = (stream) => {
      const found = this.streams.get(stream)
      this.streams.delete(stream)
      return found
    }
    this[failClient] = (error) => {
      client.destroy(error)
    }
  }

  fromClient(chunk: Buffer, done: (error?: Error) => void): void {
    if (this.destroyed) return done()
    this[asker] = this.writer ?? this.#snapshot()
    if (this.push(chunk)) done()
    else this.#clientWaits = done
  }

  clientEnds(): void {
    if (!this.destroyed) this.push(null)
  }

  clientReads(): void {
    const resume = this.#serviceWaits
    this.#serviceWaits = undefined
    resume?.()
  }

  /** Ends the connection as a peer that resets it does. */
  resetAndDestroy(): this {
    this.#client.destroy(
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read', errno: -104 }),
    )
    return this.destroy()
  }

  override _read(): void {
    const done = this.#clientWaits
    this.#clientWaits = undefined
    done?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    queueMicrotask(() => {
      if (this.#client.destroyed || this.#client.readableEnded) return done()
      if (this.#client.push(chunk)) done()
      else this.#serviceWaits = done
    })
  }

  override _final(done: () => void): void {
    queueMicrotask(() => {
      if (!this.#client.destroyed) this.#client.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#clientWaits?.()
    this.#serviceWaits?.()
    queueMicrotask(() => {
      if (!this.#client.destroyed && !this.writableFinished) this.#client.push(null)
      if (!this.#client.destroyed && this.#client.writableEnded) this.#client.destroy()
    })
    done(error)
  }

  setKeepAlive(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}
