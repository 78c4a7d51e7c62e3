import { readBody, writeBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import type { TcpFailure, TcpQuestion, TcpReply } from './message.ts'

const senders: readonly Sender[] = ['client', 'service']
const types: readonly TcpReply['type'][] = ['data', 'end', 'failure']
const failures: readonly TcpFailure[] = ['unresolved', 'refused', 'tls', 'reset', 'timeout']

/** How a connection is written down: its address, then who sent what, as text where it is text. */
export const tcpNotation: Notation<TcpQuestion, TcpReply> = {
  write: ({ question, messages }, files) => ({
    connection: { origin: question.origin },
    ...(messages.length > 0 && { steps: messages.map((message) => writeStep(message, files)) }),
  }),
  read: (json, files) => ({
    question: { origin: readText(readObject(json['connection'], 'connection')['origin'], 'connection.origin') },
    messages: readList(json['steps'], 'steps').map((step, i) => readStep(step, files, `steps[${i}]`)),
  }),
}

function writeStep({ ms, from, message }: Timed<TcpReply>, files: BodyFiles): JsonObject {
  const step = { ms: Math.round(ms * 10) / 10, from }
  switch (message.type) {
    case 'data':
      return { ...step, ...writeBody(message.bytes, files) }
    case 'end':
      return { ...step, type: 'end' }
    case 'failure':
      return { ...step, type: 'failure', failure: message.failure, message: message.message }
  }
}

function readStep(json: Json, files: BodyFiles, path: string): Timed<TcpReply> {
  const step = readObject(json, path)
  return {
    ms: readNumber(step['ms'], `${path}.ms`, 0),
    from: readChoice(step['from'], `${path}.from`, senders),
    message: readMessage(step, files, path),
  }
}

function readMessage(step: JsonObject, files: BodyFiles, path: string): TcpReply {
  const type = readChoice(step['type'], `${path}.type`, types, 'data')
  switch (type) {
    case 'data':
      return { type, bytes: readBody(step, files, path) }
    case 'end':
      return { type }
    case 'failure':
      return {
        type,
        failure: readChoice(step['failure'], `${path}.failure`, failures),
        message: readText(step['message'], `${path}.message`, ''),
      }
  }
}
