import { syncBuiltinESMExports } from 'node:module'
import net, { type Socket } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import type { LocalConnection } from '../core/asker.ts'

import { connectionTarget } from './connection-target.ts'
import { followHttp2, type Opening } from './follow-http2.ts'
import { followUndici } from './follow-undici.ts'
import { attachMemory, type Destination, isMemorySocket, type Snapshot } from './memory-socket.ts'
import { bypassed, originals } from './originals.ts'
import { dressAsTls } from './tls-dress.ts'

/** What becomes of a connection that a client in this process opens; `near`: it passes through to a listener of ours. */
export type ConnectionDecision =
  | { readonly serve: (client: LocalConnection) => void; readonly alpn?: readonly string[] }
  | { readonly refuse: Error }
  | 'passthrough'
  | 'near'

/** Decides about connections, and captures the async context of whoever writes to one. */
export interface InProcessDoor {
  connection(to: Destination): ConnectionDecision
  snapshot: Snapshot
  /** Has each connection be made. */
  readonly connecting?: <T>(socket: Socket, connect: () => T) => T
  /** Is told of each connection that the program opens. */
  readonly opened?: (socket: Socket) => void
  readonly fetch: typeof globalThis.fetch
}

/**
 * Opens the in-process door: `fetch` is answered at the function, every other client at its socket. Destinations that
 * the door passes through go on to the network untouched.
 *
 * @returns Closes the door; what was replaced is put back.
 */
export function openInProcessDoor(door: InProcessDoor): () => void {
  net.Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const to = bypassed() || this instanceof tls.TLSSocket ? undefined : connectionTarget(args)
    const decision = to ? door.connection(to) : 'passthrough'
    if (!bypassed()) door.opened?.(this)
    if (!to || typeof decision === 'string') {
      if (decision === 'near') sendAtOnce(this)
      const connect = (): unknown => Reflect.apply(originals.socketConnect, this, args)
      if (to && door.connecting) door.connecting(this, connect)
      else connect()
      return this
    }
    listen(this, 'connect', args)
    connectMemory(this, to, decision, door)
    return this
  } as typeof net.Socket.prototype.connect
  tls.connect = function (...args: unknown[]): TLSSocket {
    const options = tlsOptions(args)
    const below = options.socket
    const to = below ? memoryTarget(below) : bypassed() ? undefined : connectionTarget(args, true)
    const decision = to ? door.connection({ ...to, tls: true }) : 'passthrough'
    if (!to || typeof decision === 'string') return Reflect.apply(originals.tlsConnect, tls, args)
    const socket = new net.Socket()
    door.opened?.(socket)
    dressAsTls(socket, options, typeof decision === 'object' && 'serve' in decision ? decision.alpn : undefined)
    listen(socket, 'secureConnect', args)
    connectMemory(socket, { ...to, tls: true }, decision, door)
    return socket as TLSSocket
  } as typeof tls.connect
  globalThis.fetch = door.fetch
  const unfollowUndici = followUndici(door.snapshot)
  const unfollowHttp2 = followHttp2(door.snapshot, (now) => {
    opening = now
  })
  syncBuiltinESMExports()
  return () => {
    unfollowUndici()
    unfollowHttp2()
    net.Socket.prototype.connect = originals.socketConnect
    tls.connect = originals.tlsConnect
    globalThis.fetch = originals.fetch
    syncBuiltinESMExports()
  }
}

/**
 * For clients that have small pieces wait for the last one's acknowledgement, as amqplib does: that comes some 40 ms
 * later where nothing is answered, several times for each connection.
 */
function sendAtOnce(socket: Socket): void {
  socket.setNoDelay(true)
  socket.setNoDelay = () => socket
}

let opening: Opening | undefined

const targets = new WeakMap<object, Destination>()

/** Where a socket that is to be wrapped in TLS was connected, if its other end is in this process. */
function memoryTarget(socket: object): Destination | undefined {
  return isMemorySocket(socket) ? targets.get(socket) : undefined
}

function connectMemory(
  socket: Socket,
  to: Destination,
  decision: Exclude<ConnectionDecision, string>,
  door: InProcessDoor,
): void {
  targets.set(socket, to)
  if ('refuse' in decision) {
    process.nextTick(() => socket.destroy(decision.refuse))
    return
  }
  const far = attachMemory(socket, to, door.snapshot)
  if (opening) opening.socket = socket
  Object.assign(socket, { connecting: true })
  process.nextTick(() => {
    if (socket.destroyed) return
    Object.assign(socket, { connecting: false })
    socket.emit('connect')
    socket.emit('ready')
    if (to.tls) socket.emit('secureConnect')
    socket.read(0)
  })
  decision.serve(far)
}

/** The callback of `connect(…, callback)`. */
function listen(socket: Socket, event: string, args: readonly unknown[]): void {
  const flat = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  const callback = flat.at(-1)
  if (typeof callback === 'function') socket.once(event, callback as () => void)
}

function tlsOptions(args: readonly unknown[]): tls.ConnectionOptions {
  return (args.find((arg) => typeof arg === 'object' && arg !== null) ?? {}) as tls.ConnectionOptions
}
