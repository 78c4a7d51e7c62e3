import type { Content } from '../../core/protocol.ts'
import { deliveryOf } from '../../protocols/nats/jetstream.ts'
import type { NatsMessage, NatsQuestion, NatsReply } from '../../protocols/nats/message.ts'
import type { DeliveryFacts, Facts, PublishFacts } from '../moment.ts'
import { beginningOf } from './beginning-of.ts'
import { isIdName } from './is-id-name.ts'

/** What a question to NATS was and what became of it. */
export function natsFacts({ question, messages }: Content<NatsQuestion, NatsReply>): Facts {
  const session = String(question.session)
  const found: { error?: Facts['error']; failure?: Facts['failure'] } = {}
  const delivered: DeliveryFacts[] = []
  const acknowledged: string[] = []
  for (const { ms, message } of messages) {
    if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    } else if (message.type === 'error') found.error ??= { code: '', message: message.message }
    else if (message.type === 'ack') {
      if (message.ack !== '+WPI') acknowledged.push(`${message.stream} ${message.sequence}`)
    } else if (message.type === 'message') {
      const problem = problemIn(message)
      if (problem) found.error ??= problem
      else if (question.kind === 'subscribe') delivered.push(delivery(message, ms))
    }
  }
  if (question.kind === 'connect') return { session, connect: true, ...found }
  const answer = messages.find(({ message }) => message.type === 'message')?.message as NatsMessage | undefined
  if (question.subject.startsWith('$JS.API.CONSUMER.')) return { session, ...policyIn(answer), ...found }
  const inbox = question.subject.startsWith('_INBOX.')
  const ids = idsIn(question.headers)
  return {
    session,
    ...(question.kind === 'publish' && published(question, answer)),
    ...(ids.length > 0 && { ids }),
    ...(question.kind === 'subscribe' && !inbox && { subscribed: question.subject }),
    ...(delivered.length > 0 && { delivered }),
    ...(acknowledged.length > 0 && { acknowledged }),
    ...found,
  }
}

/** Requests that some service answers are no messages handed on, and neither is what clients send to the server. */
function published(
  { subject, reply, body }: NatsQuestion,
  answer: NatsMessage | undefined,
): { readonly published?: PublishFacts } {
  if (/^(?:\$|_INBOX\.)/.test(subject)) return {}
  const stored = answer !== undefined && isStored(answer)
  if (answer !== undefined && !stored && !problemIn(answer)) return {}
  return {
    published: { channel: subject, body: beginningOf(body), confirmed: reply === undefined ? undefined : stored },
  }
}

/** What JetStream answers to what it keeps. */
function isStored({ body }: NatsMessage): boolean {
  return /^\{.*"stream":".*"seq":\d/s.test(beginningOf(body))
}

function idsIn(headers: string): (readonly [string, string])[] {
  const lines = Array.from(
    headers.matchAll(/^([^:\r\n]+):[ \t]*([^\r\n]*)/gm),
    ([, name = '', value = '']) => [name, value] as const,
  )
  return lines.filter(([name]) => isIdName(name))
}

function delivery({ subject, reply, body }: NatsMessage, ms: number): DeliveryFacts {
  const from = deliveryOf(reply)
  return {
    channel: subject,
    ms,
    body: beginningOf(body),
    again: (from?.delivered ?? 1) > 1,
    key: from && `${from.stream} ${from.sequence}`,
    consumer: from ? `${from.stream} ${from.consumer}` : subject,
    sequence: from?.sequence ?? 0,
  }
}

function problemIn({ headers, body }: NatsMessage): Facts['error'] {
  const [, status, reason = ''] = /^NATS\/1\.0 (\d{3})[ \t]*([^\r\n]*)/.exec(headers) ?? []
  if (status === '503') return { code: status, message: 'no responders' }
  if (status !== undefined && Number(status) >= 409) return { code: status, message: reason }
  const text = beginningOf(body)
  if (!text.startsWith('{') || !text.includes('"err_code"')) return undefined
  const [, code = ''] = /"err_code":(\d+)/.exec(text) ?? []
  const [, message = ''] = /"description":"([^"]*)"/.exec(text) ?? []
  return { code, message }
}

function policyIn(answer: NatsMessage | undefined): Pick<Facts, 'acknowledges'> {
  if (!answer) return {}
  const text = beginningOf(answer.body)
  const [, stream] = /"stream_name":"([^"]*)"/.exec(text) ?? []
  const [, name] = /"name":"([^"]*)"/.exec(text) ?? []
  const [, policy] = /"ack_policy":"(none|explicit|all)"/.exec(text) ?? []
  if (stream === undefined || name === undefined || policy === undefined) return {}
  const known = policy === 'none' || policy === 'all' ? policy : 'each'
  return { acknowledges: { consumer: `${stream} ${name}`, policy: known } }
}
