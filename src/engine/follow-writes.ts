import type { Socket } from 'node:net'
import type { Caller } from './follow-calls.ts'

interface Connection {
  sent: number
  written: { readonly end: number; readonly by: Caller }[]
}

/** So many writes may be on their way until it is no longer known who wrote what. */
const mostOnTheWay = 100

/** By the port of the client. */
const connections = new Map<number, Connection>()

/**
 * Remembers who writes on a connection over the network from this process to itself.
 *
 * @param socket - Is being connected: that puts its `write` back.
 */
export function followWrites(socket: Socket, writer: () => Caller): void {
  const connection: Connection = { sent: 0, written: [] }
  socket.once('connect', () => {
    const { localPort, remoteAddress, localAddress } = socket
    if (localPort === undefined || remoteAddress !== localAddress) return
    connections.set(localPort, connection)
    socket.once('close', () => connections.delete(localPort))
  })
  const { write } = socket
  socket.write = function (this: Socket, ...args: unknown[]): boolean {
    const [chunk, encoding] = args
    connection.sent +=
      typeof chunk === 'string'
        ? Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : (chunk as Uint8Array).byteLength
    connection.written.push({ end: connection.sent, by: writer() })
    if (connection.written.length > mostOnTheWay) connection.written.shift()
    return Reflect.apply(write, this, args) as boolean
  } as Socket['write']
}

/**
 * For the other end of such a connection.
 *
 * @returns Runs work as whoever wrote what has come in since the last time, unless they were several.
 */
export function readsAsWriter(far: Socket): <T>(work: () => T) => T {
  return (work) => {
    const connection = far.remotePort === undefined ? undefined : connections.get(far.remotePort)
    if (!connection) return work()
    const { bytesRead } = far
    const at = connection.written.findIndex(({ end }) => end >= bytesRead)
    const some = connection.written.splice(0, at + 1)
    // Of what was read in part, the rest is read next.
    const last = some.at(-1)
    if (last && last.end > bytesRead) connection.written.unshift(last)
    const [first, ...others] = some
    const isOne = first && others.every(({ by }) => by.name === first.by.name)
    return isOne ? first.by.run(work) : work()
  }
}
