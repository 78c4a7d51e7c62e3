import type { Outcome } from '../../core/protocol.ts'
import type { TcpReply } from './message.ts'

/** `1482 bytes`, or the failure that ended the connection. */
export function outcomeOf(messages: readonly TcpReply[]): Outcome {
  let bytes = 0
  for (const message of messages) {
    if (message.type === 'failure') return { summary: message.failure, ok: false }
    if (message.type === 'data') bytes += message.bytes.length
  }
  return { summary: `${bytes} bytes`, ok: true }
}
