import type { IncomingMessage } from 'node:http'
import type { Serving } from './answer.ts'
import type { HttpQuestion } from './message.ts'

/** Answers a request to speak WebSocket. */
export function serveWebSocket(
  serving: Serving,
  _question: HttpQuestion,
  _request: IncomingMessage,
  _head: Buffer,
): void {
  serving.client.destroy()
}
