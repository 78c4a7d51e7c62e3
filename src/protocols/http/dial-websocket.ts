import type { Duplex } from 'node:stream'
import type { Channel } from '../../core/channel.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

/** Exchanges frames on an upgraded connection; returns what ends it. */
export function speakWebSocket(
  _question: HttpQuestion,
  socket: Duplex,
  _head: Buffer,
  _replies: Channel<HttpReply>,
  over: () => void,
): () => void {
  socket.destroy()
  over()
  return () => {}
}
