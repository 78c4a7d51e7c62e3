import { readBody, writeBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText, wrongField } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import type { MqttVersion } from './decode.ts'
import type { AckName, MqttFailure, MqttQuestion, MqttReply } from './message.ts'

const kinds: readonly MqttQuestion['kind'][] = ['connect', 'publish', 'subscribe', 'unsubscribe']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly MqttReply['type'][] = ['message', 'ack', 'resent', 'disconnect', 'failure']
const failures: readonly MqttFailure[] = ['unreachable', 'reset', 'malformed', 'timeout']
const acks: readonly AckName[] = ['CONNACK', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'AUTH']

/** What a message is made of, whoever sends it. */
interface Payload {
  readonly topic: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly properties: JsonObject
  readonly body: Uint8Array
  readonly size: number
}

/** How a question and its messages are written down: topic or filters, then the body as text where it is text. */
export const mqttNotation: Notation<MqttQuestion, MqttReply> = {
  write: ({ question, messages }, files) => ({
    mqtt: writeQuestion(question, files),
    ...(messages.length > 0 && { steps: messages.map((message) => writeStep(message, files)) }),
  }),
  read: (json, files) => ({
    question: readQuestion(readObject(json['mqtt'], 'mqtt'), files),
    messages: readList(json['steps'], 'steps').map((step, i) => readStep(step, files, `steps[${i}]`)),
  }),
}

function writeQuestion(question: MqttQuestion, files: BodyFiles): JsonObject {
  const { kind, session, version, clientId, filters, options } = question
  return {
    kind,
    session,
    version,
    clientId,
    ...(filters.length > 0 && { filters }),
    ...(options !== undefined && { options }),
    ...writePayload(question, files),
  }
}

function readQuestion(json: JsonObject, files: BodyFiles): MqttQuestion {
  const { options } = json
  const version = readNumber(json['version'], 'mqtt.version', 4)
  if (version !== 3 && version !== 4 && version !== 5) throw wrongField('mqtt.version', '3, 4 or 5', version)
  return {
    kind: readChoice(json['kind'], 'mqtt.kind', kinds),
    session: readNumber(json['session'], 'mqtt.session', 0),
    version: version satisfies MqttVersion,
    clientId: readText(json['clientId'], 'mqtt.clientId', ''),
    filters: readList(json['filters'], 'mqtt.filters').map((filter, i) => readText(filter, `mqtt.filters[${i}]`)),
    ...(options !== undefined && { options: readObject(options, 'mqtt.options') }),
    ...readPayload(json, files, 'mqtt'),
  }
}

function writeStep({ ms, from, message }: Timed<MqttReply>, files: BodyFiles): JsonObject {
  const step = { ms: Math.round(ms * 10) / 10, ...(from === 'client' && { from }) }
  if (message.type !== 'message') return { ...step, ...message }
  const { duplicate, after } = message
  return {
    ...step,
    ...(duplicate && { duplicate }),
    ...(after !== undefined && { after }),
    ...writePayload(message, files),
  }
}

function readStep(json: Json, files: BodyFiles, path: string): Timed<MqttReply> {
  const step = readObject(json, path)
  return {
    ms: readNumber(step['ms'], `${path}.ms`, 0),
    from: readChoice(step['from'], `${path}.from`, senders, 'service'),
    message: readMessage(step, files, path),
  }
}

function readMessage(step: JsonObject, files: BodyFiles, path: string): MqttReply {
  const type = readChoice(step['type'], `${path}.type`, types, 'message')
  const said = step['text'] === undefined ? {} : { text: readText(step['text'], `${path}.text`) }
  switch (type) {
    case 'message':
      return {
        type,
        duplicate: step['duplicate'] === true,
        ...(step['after'] !== undefined && { after: readNumber(step['after'], `${path}.after`) }),
        ...readPayload(step, files, path),
      }
    case 'ack': {
      const reasons = readList(step['reasons'], `${path}.reasons`).map((reason) =>
        readNumber(reason, `${path}.reasons`),
      )
      return { type, packet: readChoice(step['packet'], `${path}.packet`, acks), reasons, ...said }
    }
    case 'resent':
      return { type }
    case 'disconnect':
      return { type, reason: readNumber(step['reason'], `${path}.reason`, 0), ...said }
    case 'failure':
      return {
        type,
        failure: readChoice(step['failure'], `${path}.failure`, failures),
        message: readText(step['message'], `${path}.message`, ''),
      }
  }
}

function writePayload({ topic, qos, retain, properties, body, size }: Payload, files: BodyFiles): JsonObject {
  return {
    ...(topic !== '' && { topic }),
    ...(qos > 0 && { qos }),
    ...(retain && { retain }),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(body.length > 0 && { body: writeBody(body, files) }),
    ...(size !== body.length && { size }),
  }
}

function readPayload(json: JsonObject, files: BodyFiles, path: string): Payload {
  const body = readBody(json['body'], files, `${path}.body`)
  const qos = readNumber(json['qos'], `${path}.qos`, 0)
  if (qos !== 0 && qos !== 1 && qos !== 2) throw wrongField(`${path}.qos`, '0, 1 or 2', qos)
  return {
    topic: readText(json['topic'], `${path}.topic`, ''),
    qos,
    retain: json['retain'] === true,
    properties: json['properties'] === undefined ? {} : readObject(json['properties'], `${path}.properties`),
    body,
    size: readNumber(json['size'], `${path}.size`, body.length),
  }
}
