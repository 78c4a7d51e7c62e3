import type { Outcome } from '../../core/protocol.ts'
import { describe, textOf } from './describe.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'

const shown = 200

/** `PUBLISH events/orders.created, 42 B`. */
export function summarizeQuestion(question: AmqpQuestion): string {
  const { kind, fields, size } = question
  const { name } = describe(question)
  if (kind === 'connect') return [name, textOf(fields, 'vhost')].join(' ').trim()
  if (kind !== 'publish') return name
  const place = [textOf(fields, 'exchange'), textOf(fields, 'routingKey')].filter(Boolean).join('/')
  return `PUBLISH ${place.slice(0, shown)}, ${size} B`
}

/** `confirmed`, `3 deliveries`, `42 B, ack`, `404 NOT_FOUND - no queue 'x'`, or the failure of the connection. */
export function outcomeOf(messages: readonly AmqpReply[]): Outcome {
  const parts: string[] = []
  let deliveries = 0
  let ok = true
  for (const message of messages) {
    if (message.type === 'failure') return { summary: message.failure, ok: false, failure: message.failure }
    if (message.type === 'delivery') deliveries++
    const said = wordsFor(message)
    if (said !== undefined) parts.push(said)
    if (isBad(message)) ok = false
  }
  if (deliveries > 0) parts.push(`${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}`)
  return { summary: parts.join(', ') || (messages.length > 0 ? 'ok' : 'sent'), ok }
}

function wordsFor(message: AmqpReply): string | undefined {
  switch (message.type) {
    case 'message':
      return `${message.size} B${message.redelivered ? ', redelivered' : ''}`
    case 'settle':
      return message.how === 'ack' || !message.requeue ? message.how : `${message.how}, requeued`
    case 'confirm':
      return message.ack ? 'confirmed' : 'not confirmed'
    case 'return':
      return `returned: ${message.code} ${message.text}`
    case 'closed':
      return `${message.code} ${message.text}`
    case 'empty':
      return 'nothing'
    case 'commit':
      return 'committed'
    case 'rollback':
      return 'rolled back'
    case 'cancelled':
    case 'unblocked':
      return message.type
    case 'blocked':
      return `blocked: ${message.reason}`
    case 'ok':
      return countIn(message.fields)
    default:
      return undefined
  }
}

function countIn({ messageCount }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof messageCount !== 'number') return undefined
  return `${messageCount} ${messageCount === 1 ? 'message' : 'messages'}`
}

function isBad(message: AmqpReply): boolean {
  if (message.type === 'closed') return message.code !== 200
  return message.type === 'return' || (message.type === 'confirm' && !message.ack)
}
