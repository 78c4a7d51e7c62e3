import type { Outcome } from '../../core/protocol.ts'
import { describe } from './describe.ts'
import type { NatsMessage, NatsQuestion, NatsReply } from './message.ts'

/** `PUBLISH orders.created, 42 B`. */
export function summarizeQuestion(question: NatsQuestion): string {
  const { kind, subject, size } = question
  const { name } = describe(question)
  const [verb] = name.split(' ')
  return kind === 'connect' ? name : `${verb} ${subject}${kind === 'publish' ? `, ${size} B` : ''}`
}

/** `3 messages, 3 acks`, `sent`, the error, the status of a reply, or the failure of the connection. */
export function outcomeOf(messages: readonly NatsReply[]): Outcome {
  let delivered = 0
  let acks = 0
  let refused: string | undefined
  for (const message of messages) {
    if (message.type === 'failure') return { summary: message.failure, ok: false, failure: message.failure }
    if (message.type === 'error') refused = message.message
    if (message.type === 'ack') acks++
    if (message.type !== 'message') continue
    const problem = problemIn(message)
    if (problem === undefined) delivered++
    else refused = problem
  }
  const parts = [refused, delivered > 0 && count(delivered, 'message'), acks > 0 && count(acks, 'ack')]
  return { summary: parts.filter(Boolean).join(', ') || 'sent', ok: refused === undefined }
}

/** Why a reply says no: the status of a header such as `NATS/1.0 503`, or the error of JetStream. */
function problemIn({ headers, body }: NatsMessage): string | undefined {
  const [, status, reason = ''] = /^NATS\/1\.0 (\d{3})[ \t]*([^\r\n]*)/.exec(headers) ?? []
  // 1xx are heartbeats, 404 and 408 the ends of a pull.
  if (status === '503') return 'no responders'
  if (status !== undefined && Number(status) >= 409) return `${status} ${reason}`.trim()
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 4096)).toString('utf8')
  if (!text.startsWith('{') || !text.includes('"err_code"')) return undefined
  return /"description":"([^"]*)"/.exec(text)?.[1]
}

function count(many: number, what: string): string {
  return `${many} ${many === 1 ? what : `${what}s`}`
}
