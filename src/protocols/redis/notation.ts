import { readBytes, writeBytes } from '../../core/bytes-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import type { RedisFailure, RedisQuestion, RedisReply } from './message.ts'
import { readResp, writeResp } from './resp-notation.ts'

const kinds: readonly RedisQuestion['kind'][] = ['command', 'connect']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly RedisReply['type'][] = ['reply', 'push', 'executed', 'discarded', 'failure']
const failures: readonly RedisFailure[] = ['unreachable', 'reset', 'malformed', 'timeout']

/** How a command and what came of it are written down: `["GET", "user:1"]`, then values as people read them. */
export const redisNotation: Notation<RedisQuestion, RedisReply> = {
  write: ({ question, messages }, files) => ({
    command: writeQuestion(question, files),
    ...(messages.length > 0 && { steps: messages.map((message) => writeStep(message, files)) }),
  }),
  read: (json, files) => ({
    question: readQuestion(readObject(json['command'], 'command'), files),
    messages: readList(json['steps'], 'steps').map((step, i) => readStep(step, files, `steps[${i}]`)),
  }),
}

function writeQuestion({ kind, session, database, args, cut }: RedisQuestion, files: BodyFiles): JsonObject {
  return {
    ...(kind === 'connect' && { kind }),
    session,
    ...(database !== 0 && { database }),
    ...(kind === 'command' && { args: args.map((arg) => writeBytes(arg, files)) }),
    ...(cut && { cut }),
  }
}

function readQuestion(json: JsonObject, files: BodyFiles): RedisQuestion {
  return {
    kind: readChoice(json['kind'], 'command.kind', kinds, 'command'),
    session: readNumber(json['session'], 'command.session', 0),
    database: readNumber(json['database'], 'command.database', 0),
    args: readList(json['args'], 'command.args').map((arg, i) => readBytes(arg, files, `command.args[${i}]`)),
    ...(json['cut'] === true && { cut: true }),
  }
}

function writeStep({ ms, from, message }: Timed<RedisReply>, files: BodyFiles): JsonObject {
  const step = { ms: Math.round(ms * 10) / 10, ...(from === 'client' && { from }) }
  switch (message.type) {
    case 'reply':
    case 'push':
    case 'executed': {
      const { type, bytes, cut } = message
      return { ...step, [type]: writeResp(message.value, files), bytes, ...(cut && { cut }) }
    }
    case 'discarded':
      return { ...step, type: message.type }
    case 'failure':
      return { ...step, type: message.type, failure: message.failure, message: message.message }
  }
}

function readStep(json: Json, files: BodyFiles, path: string): Timed<RedisReply> {
  const step = readObject(json, path)
  return {
    ms: readNumber(step['ms'], `${path}.ms`, 0),
    from: readChoice(step['from'], `${path}.from`, senders, 'service'),
    message: readMessage(step, files, path),
  }
}

function readMessage(step: JsonObject, files: BodyFiles, path: string): RedisReply {
  for (const type of ['reply', 'push', 'executed'] as const) {
    if (step[type] === undefined) continue
    const value = readResp(step[type], files, `${path}.${type}`)
    const bytes = readNumber(step['bytes'], `${path}.bytes`, 0)
    return { type, value, bytes, ...(step['cut'] === true && { cut: true }) }
  }
  const type = readChoice(step['type'], `${path}.type`, types)
  if (type !== 'failure') return { type: 'discarded' }
  return {
    type,
    failure: readChoice(step['failure'], `${path}.failure`, failures),
    message: readText(step['message'], `${path}.message`, ''),
  }
}
