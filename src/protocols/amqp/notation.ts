import { readBody, writeBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText, wrongField } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import type { AmqpFailure, AmqpMessage, AmqpQuestion, AmqpReply } from './message.ts'

const kinds: readonly AmqpQuestion['kind'][] = ['connect', 'publish', 'consume', 'deliver', 'get', 'method']
const senders: readonly Sender[] = ['client', 'service']
const failures: readonly AmqpFailure[] = ['unreachable', 'reset', 'malformed', 'timeout']
const types: readonly AmqpReply['type'][] = [
  'message',
  'ok',
  'delivery',
  'empty',
  'settle',
  'confirm',
  'return',
  'commit',
  'rollback',
  'cancelled',
  'blocked',
  'unblocked',
  'closed',
  'failure',
]

/** How a question and its messages are written down: arguments and properties by name, the body as text where it is. */
export const amqpNotation: Notation<AmqpQuestion, AmqpReply> = {
  write: ({ question, messages }, files) => ({
    amqp: writeQuestion(question, files),
    ...(messages.length > 0 && { steps: messages.map((message) => writeStep(message, files)) }),
  }),
  read: (json, files) => ({
    question: readQuestion(readObject(json['amqp'], 'amqp'), files),
    messages: readList(json['steps'], 'steps').map((step, i) => readStep(step, files, `steps[${i}]`)),
  }),
}

function writeQuestion(question: AmqpQuestion, files: BodyFiles): JsonObject {
  const { kind, session, channel, name, fields, properties, body, size } = question
  return {
    kind,
    session,
    channel,
    name,
    fields,
    ...(properties !== undefined && { properties }),
    ...writePayload(body, size, files),
  }
}

function readQuestion(json: JsonObject, files: BodyFiles): AmqpQuestion {
  const properties = json['properties']
  return {
    kind: readChoice(json['kind'], 'amqp.kind', kinds),
    session: readNumber(json['session'], 'amqp.session', 0),
    channel: readNumber(json['channel'], 'amqp.channel', 0),
    name: readText(json['name'], 'amqp.name'),
    fields: readObject(json['fields'], 'amqp.fields'),
    ...(properties !== undefined && { properties: readObject(properties, 'amqp.properties') }),
    ...readPayload(json, files, 'amqp'),
  }
}

function writeStep({ ms, from, message }: Timed<AmqpReply>, files: BodyFiles): JsonObject {
  const step = { ms: Math.round(ms * 10) / 10, ...(from === 'client' && { from }) }
  if (message.type !== 'message') return { ...step, ...message }
  const { body, size, ...rest } = message
  return { ...step, ...rest, ...writePayload(body, size, files) }
}

function readStep(json: Json, files: BodyFiles, path: string): Timed<AmqpReply> {
  const step = readObject(json, path)
  return {
    ms: readNumber(step['ms'], `${path}.ms`, 0),
    from: readChoice(step['from'], `${path}.from`, senders, 'service'),
    message: readReply(step, files, path),
  }
}

function readReply(step: JsonObject, files: BodyFiles, path: string): AmqpReply {
  const text = (name: string): string => readText(step[name], `${path}.${name}`)
  const number = (name: string): number => readNumber(step[name], `${path}.${name}`)
  const truth = (name: string): boolean => readTruth(step[name], `${path}.${name}`)
  const type = readChoice(step['type'], `${path}.type`, types)
  switch (type) {
    case 'message':
      return readMessage(step, files, path)
    case 'ok':
      return { type, name: text('name'), fields: readObject(step['fields'], `${path}.fields`) }
    case 'delivery':
      return { type, ...(step['after'] !== undefined && { after: number('after') }) }
    case 'settle':
      return {
        type,
        how: readChoice(step['how'], `${path}.how`, ['ack', 'nack', 'reject'] as const),
        requeue: truth('requeue'),
      }
    case 'confirm':
      return { type, ack: truth('ack') }
    case 'return':
      return { type, code: number('code'), text: text('text') }
    case 'blocked':
      return { type, reason: text('reason') }
    case 'closed':
      return {
        type,
        what: readChoice(step['what'], `${path}.what`, ['channel', 'connection'] as const),
        code: number('code'),
        text: text('text'),
      }
    case 'failure':
      return { type, failure: readChoice(step['failure'], `${path}.failure`, failures), message: text('message') }
    default:
      return { type }
  }
}

function readMessage(step: JsonObject, files: BodyFiles, path: string): AmqpMessage {
  const messageCount = step['messageCount']
  return {
    type: 'message',
    exchange: readText(step['exchange'], `${path}.exchange`),
    routingKey: readText(step['routingKey'], `${path}.routingKey`),
    redelivered: readTruth(step['redelivered'], `${path}.redelivered`),
    ...(messageCount !== undefined && { messageCount: readNumber(messageCount, `${path}.messageCount`) }),
    properties: readObject(step['properties'], `${path}.properties`),
    ...readPayload(step, files, path),
  }
}

function readTruth(value: Json | undefined, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongField(path, 'true or false', value)
  return value
}

function writePayload(body: Uint8Array, size: number, files: BodyFiles): JsonObject {
  return { ...(body.length > 0 && { body: writeBody(body, files) }), ...(size !== body.length && { size }) }
}

function readPayload(json: JsonObject, files: BodyFiles, path: string): Pick<AmqpMessage, 'body' | 'size'> {
  const body = readBody(json['body'], files, `${path}.body`)
  return { body, size: readNumber(json['size'], `${path}.size`, body.length) }
}
