import type { Outcome } from '../../core/protocol.ts'
import type { MysqlReply } from './message.ts'

/** `3 rows`, `1 affected`, or the error: `1062 (23000) Duplicate entry …`. */
export function outcomeOf(messages: readonly MysqlReply[]): Outcome {
  const parts: string[] = []
  for (const message of messages) {
    switch (message.type) {
      case 'failure':
        return { summary: `${message.failure}: ${message.message}`, ok: false, failure: message.failure }
      case 'error': {
        const { errno, sqlstate, message: text } = message.error
        return { summary: `${errno} (${sqlstate}) ${text}`, ok: false }
      }
      case 'rows':
        parts.push(message.rows === 1 ? '1 row' : `${message.rows} rows`)
        break
      case 'done':
        parts.push(message.affected > 0 ? `${message.affected} affected` : 'done')
        break
      case 'ready':
        parts.push(`connected to ${message.version}`)
        break
      case 'file':
        parts.push(`read ${message.bytes} B of ${message.name}`)
    }
  }
  return { summary: parts.join('; ') || 'no answer', ok: parts.length > 0 }
}
