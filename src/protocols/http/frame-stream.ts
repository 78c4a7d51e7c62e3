import type { Duplex } from 'node:stream'
import { type Frame, frameDecoder } from './frames.ts'

// With this many unread frames the sender is told to wait.
const maxWaiting = 64

/** Who takes the frames that a connection brings. */
export interface FrameReader {
  frame(frame: Frame): void
  /** The other side has said all it wanted to. */
  end(): void
  /** The bytes are no frames, or the connection broke. */
  fail(error: Error): void
  readonly waiting: number
}

/** Reads frames off an upgraded connection; `head` is what came with the handshake. Returns what goes on after a pause. */
export function readFrames(connection: Duplex, head: Uint8Array, reader: FrameReader): () => void {
  const decode = frameDecoder()
  const onData = (chunk: Uint8Array): void => {
    try {
      for (const frame of decode(chunk)) reader.frame(frame)
      if (reader.waiting >= maxWaiting) connection.pause()
    } catch (error) {
      reader.fail(error as Error)
    }
  }
  if (head.length > 0) onData(head)
  connection.on('data', onData)
  connection.on('end', () => reader.end())
  connection.on('error', (error) => reader.fail(error))
  connection.on('close', () => {
    if (!connection.readableEnded)
      reader.fail(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }))
  })
  return () => void connection.resume()
}
