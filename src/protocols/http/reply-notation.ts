import { readBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { isList, readChoice, readList, readNumber, readObject, wrongField } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { writeHttpBody } from './body-notation.ts'
import type { HttpReply } from './message.ts'
import { readHeaders } from './header-notation.ts'
import { readStep, writeStep } from './step-notation.ts'

type Type = HttpReply['type']
type Message<T extends Type> = Timed<Extract<HttpReply, { type: T }>>

/** The order in which messages ordinarily come. Any other order is written step by step. */
const order: readonly Type[] = ['informational', 'head', 'data', 'trailers', 'frame', 'failure']
const once: ReadonlySet<Type> = new Set<Type>(['head', 'trailers', 'failure'])
const senders: readonly Sender[] = ['client', 'service']

/** Writes an answer as `informational`, `response`, `frames` and `failure`, or as `steps` when its order is unusual. */
export function writeReplies(messages: readonly Timed<HttpReply>[], files: BodyFiles): JsonObject {
  if (!isOrdinary(messages)) {
    return { steps: messages.map((m) => writeMessage(m, files, { from: m.from, type: m.message.type })) }
  }
  const informational = only(messages, 'informational')
  const response = writeResponse(messages, files)
  const frames = only(messages, 'frame')
  const failure = only(messages, 'failure')[0]
  return {
    ...(informational.length > 0 && {
      informational: informational.map((m) => writeMessage(m, files)),
    }),
    ...(response && { response }),
    ...(frames.length > 0 && {
      frames: frames.map((m) => writeMessage(m, files, { from: m.from })),
    }),
    ...(failure && { failure: writeMessage(failure, files) }),
  }
}

/** Gives back the messages in their order. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` naming the field */
export function readReplies(json: JsonObject, files: BodyFiles): readonly Timed<HttpReply>[] {
  const { steps, informational, response, frames, failure } = json
  if (steps !== undefined) {
    return readList(steps, 'steps').map((step, i) => {
      const type = readChoice(readObject(step, `steps[${i}]`)['type'], `steps[${i}].type`, order)
      return readMessage(type, step, files, `steps[${i}]`)
    })
  }
  return [
    ...readList(informational, 'informational').map((m, i) =>
      readMessage('informational', m, files, `informational[${i}]`),
    ),
    ...(response === undefined ? [] : readResponse(readObject(response, 'response'), files)),
    ...readList(frames, 'frames').map((m, i) => readMessage('frame', m, files, `frames[${i}]`)),
    ...(failure === undefined ? [] : [readMessage('failure', failure, files, 'failure')]),
  ]
}

function writeMessage({ ms, message }: Timed<HttpReply>, files: BodyFiles, more: JsonObject = {}): JsonObject {
  return { ms: roundMs(ms), ...more, ...writeStep(message, files) }
}

function isOrdinary(messages: readonly Timed<HttpReply>[]): boolean {
  let reached = 0
  for (const { from, message } of messages) {
    const place = order.indexOf(message.type)
    if (place < reached || (from === 'client' && message.type !== 'frame')) return false
    reached = once.has(message.type) ? place + 1 : place
  }
  return true
}

function only<T extends Type>(messages: readonly Timed<HttpReply>[], type: T): readonly Message<T>[] {
  return messages.filter((m): m is Message<T> => m.message.type === type)
}

function writeResponse(messages: readonly Timed<HttpReply>[], files: BodyFiles): JsonObject | undefined {
  const head = only(messages, 'head')[0]
  const data = only(messages, 'data')
  const trailers = only(messages, 'trailers')[0]
  if (!head && data.length === 0 && !trailers) return undefined
  const bytes = data.length === 1 ? data[0]!.message.bytes : Buffer.concat(data.map((m) => m.message.bytes))
  const headMs = head && roundMs(head.ms)
  const atOnce = data.length === 1 && bytes.length > 0 && roundMs(data[0]!.ms) === headMs
  const trailersMs = trailers && roundMs(trailers.ms)
  return {
    ...(head && writeMessage(head, files)),
    ...(bytes.length > 0 && { body: writeHttpBody(bytes, head?.message.headers ?? [], files) }),
    ...(data.length > 0 && !atOnce && { chunks: data.map((m) => [roundMs(m.ms), m.message.bytes.length]) }),
    ...(trailers && { trailers: trailers.message.headers }),
    ...(trailersMs !== undefined && trailersMs !== lastMs(head, data) && { trailersMs }),
  }
}

function readResponse(response: JsonObject, files: BodyFiles): readonly Timed<HttpReply>[] {
  // A part of a long answer carries what came after its head.
  const head = response['status'] === undefined ? [] : [readMessage('head', response, files, 'response')]
  const data = readChunks(response, files)
  if (response['trailers'] === undefined) return [...head, ...data]
  const ms = readNumber(response['trailersMs'], 'response.trailersMs', lastMs(head[0], data) ?? 0)
  const headers = readHeaders(response['trailers'], 'response.trailers')
  return [...head, ...data, { ms, from: 'service', message: { type: 'trailers', headers } }]
}

function readChunks(response: JsonObject, files: BodyFiles): readonly Timed<HttpReply>[] {
  const { body, chunks } = response
  if (body === undefined && chunks === undefined) return []
  const bytes = readBody(body, files, 'response.body')
  // A person who edits a body should not have to count its bytes: what is left over goes to the last chunk.
  const pieces = !isList(chunks) || chunks.length === 0 ? [[responseMs(response), bytes.length]] : chunks
  let from = 0
  return pieces.map((piece, i) => {
    const [ms, length] = readChunk(piece, `response.chunks[${i}]`)
    const start = from
    from = i === pieces.length - 1 ? bytes.length : Math.min(bytes.length, from + length)
    return { ms, from: 'service', message: { type: 'data', bytes: bytes.subarray(start, from) } }
  })
}

function readChunk(piece: Json, path: string): readonly [ms: number, length: number] {
  const [ms, length] = isList(piece) ? piece : []
  if (typeof ms !== 'number' || typeof length !== 'number') throw wrongField(path, 'a pair of time and length', piece)
  return [ms, length]
}

function readMessage(type: Type, json: Json, files: BodyFiles, path: string): Timed<HttpReply> {
  const step = readObject(json, path)
  const from = readChoice(step['from'], `${path}.from`, senders, 'service')
  return { ms: readNumber(step['ms'], `${path}.ms`, 0), from, message: readStep(type, step, files, path) }
}

function responseMs(response: JsonObject): number {
  return readNumber(response['ms'], 'response.ms', 0)
}

function lastMs(head: Timed<HttpReply> | undefined, data: readonly Timed<HttpReply>[]): number | undefined {
  const last = data.at(-1) ?? head
  return last && roundMs(last.ms)
}

/** Times are kept to a hundredth of a millisecond: finer is noise, and makes files hard to read. */
function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100
}
