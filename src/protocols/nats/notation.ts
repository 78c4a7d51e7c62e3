import { readBody, writeBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import type { NatsFailure, NatsQuestion, NatsReply } from './message.ts'

const kinds: readonly NatsQuestion['kind'][] = ['connect', 'publish', 'subscribe']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly NatsReply['type'][] = ['message', 'ack', 'pull', 'info', 'ok', 'error', 'tls', 'failure']
const failures: readonly NatsFailure[] = ['unreachable', 'reset', 'malformed', 'timeout']

/** What a message is made of, whoever sends it. */
interface Payload {
  readonly headers: string
  readonly body: Uint8Array
  readonly size: number
}

/** How a question and its messages are written down: subject, headers by line, and the body as text where it is text. */
export const natsNotation: Notation<NatsQuestion, NatsReply> = {
  write: ({ question, messages }, files) => ({
    nats: writeQuestion(question, files),
    ...(messages.length > 0 && { steps: messages.map((message) => writeStep(message, files)) }),
  }),
  read: (json, files) => ({
    question: readQuestion(readObject(json['nats'], 'nats'), files),
    messages: readList(json['steps'], 'steps').map((step, i) => readStep(step, files, `steps[${i}]`)),
  }),
}

function writeQuestion(question: NatsQuestion, files: BodyFiles): JsonObject {
  const { kind, session, subject, reply, queue, options } = question
  return {
    kind,
    session,
    ...(kind !== 'connect' && { subject }),
    ...(reply !== undefined && { reply }),
    ...(queue !== undefined && { queue }),
    ...(options !== undefined && { options }),
    ...writePayload(question, files),
  }
}

function readQuestion(json: JsonObject, files: BodyFiles): NatsQuestion {
  const options = json['options']
  return {
    kind: readChoice(json['kind'], 'nats.kind', kinds),
    session: readNumber(json['session'], 'nats.session', 0),
    subject: readText(json['subject'], 'nats.subject', ''),
    ...optional('reply', json, 'nats'),
    ...optional('queue', json, 'nats'),
    ...(options !== undefined && { options: readObject(options, 'nats.options') }),
    ...readPayload(json, files, 'nats'),
  }
}

function writeStep({ ms, from, message }: Timed<NatsReply>, files: BodyFiles): JsonObject {
  const step = { ms: Math.round(ms * 10) / 10, ...(from === 'client' && { from }) }
  if (message.type !== 'message') return { ...step, ...message }
  const { subject, reply, after } = message
  return {
    ...step,
    subject,
    ...(reply !== undefined && { reply }),
    ...(after !== undefined && { after }),
    ...writePayload(message, files),
  }
}

function readStep(json: Json, files: BodyFiles, path: string): Timed<NatsReply> {
  const step = readObject(json, path)
  return {
    ms: readNumber(step['ms'], `${path}.ms`, 0),
    from: readChoice(step['from'], `${path}.from`, senders, 'service'),
    message: readMessage(step, files, path),
  }
}

function readMessage(step: JsonObject, files: BodyFiles, path: string): NatsReply {
  const text = (name: string): string => readText(step[name], `${path}.${name}`)
  const type = readChoice(step['type'], `${path}.type`, types, 'message')
  switch (type) {
    case 'message':
      return {
        type,
        subject: text('subject'),
        ...optional('reply', step, path),
        ...(step['after'] !== undefined && { after: readNumber(step['after'], `${path}.after`) }),
        ...readPayload(step, files, path),
      }
    case 'ack':
      return { type, ack: text('ack'), stream: text('stream'), sequence: readNumber(step['sequence'], path) }
    case 'info':
      return { type, info: readObject(step['info'], `${path}.info`) }
    case 'error':
      return { type, message: text('message') }
    case 'failure':
      return {
        type,
        failure: readChoice(step['failure'], `${path}.failure`, failures),
        message: readText(step['message'], `${path}.message`, ''),
      }
    case 'ok':
    case 'pull':
    case 'tls':
      return { type }
  }
}

function writePayload({ headers, body, size }: Payload, files: BodyFiles): JsonObject {
  return {
    ...(headers !== '' && { headers: headers.split('\r\n') }),
    ...(body.length > 0 && { body: writeBody(body, files) }),
    ...(size !== body.length && { size }),
  }
}

function readPayload(json: JsonObject, files: BodyFiles, path: string): Payload {
  const lines = readList(json['headers'], `${path}.headers`)
  const body = readBody(json['body'], files, `${path}.body`)
  return {
    headers: lines.map((line, i) => readText(line, `${path}.headers[${i}]`)).join('\r\n'),
    body,
    size: readNumber(json['size'], `${path}.size`, body.length),
  }
}

function optional<K extends string>(name: K, json: JsonObject, path: string): { readonly [key in K]?: string } {
  const value = json[name]
  return (value === undefined ? {} : { [name]: readText(value, `${path}.${name}`) }) as { readonly [key in K]?: string }
}
