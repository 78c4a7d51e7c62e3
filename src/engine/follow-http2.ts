import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { type Snapshot, streamAs } from './memory-socket.ts'

type Connect = (...args: unknown[]) => ClientHttp2Session

/** What node's own `http2.connect` opened, while it runs. */
export interface Opening {
  socket: object | undefined
}

/**
 * Learns whose the streams of a shared HTTP/2 session are: node writes them out together, in the context of none.
 *
 * @param opened - Called before each `connect`; what connects meanwhile is to be put into its result.
 * @returns Puts `http2.connect` back.
 */
export function followHttp2(snapshot: Snapshot, opened: (opening: Opening | undefined) => void): () => void {
  const original = http2.connect as Connect
  const connect: Connect = (...args) => {
    const opening: Opening = { socket: undefined }
    opened(opening)
    try {
      const session = original(...args)
      if (opening.socket) followSession(session, opening.socket, snapshot)
      return session
    } finally {
      opened(undefined)
    }
  }
  http2.connect = connect as typeof http2.connect
  return () => {
    http2.connect = original as typeof http2.connect
  }
}

function followSession(session: ClientHttp2Session, socket: object, snapshot: Snapshot): void {
  const request = session.request.bind(session)
  session.request = (...args: Parameters<typeof request>): ClientHttp2Stream => {
    const asker = snapshot()
    const stream = request(...args)
    const note = (): void => streamAs(socket, stream.id ?? 0, asker)
    if (stream.pending) stream.once('ready', note)
    else note()
    return stream
  }
}
