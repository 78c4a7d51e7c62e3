import type { Sender, Timed } from '../../core/exchange.ts'
import type { Redactor } from '../../core/redaction.ts'
import { cutPieces } from './cut-pieces.ts'
import { header, type HttpReply } from './message.ts'
import { redactBody, redactText } from './redact-body.ts'

type Messages = readonly Timed<HttpReply>[]
type Bytes = Extract<HttpReply, { readonly bytes: Uint8Array }>

/**
 * Replaces the secrets of an answer's body, also those that lie across two of its data messages.
 *
 * @returns `growth`: by how many bytes the body is longer than before.
 */
export function redactData(messages: Messages, redactor: Redactor): { messages: Messages; growth: number } {
  const places = placesOf(messages, ({ type }) => type === 'data')
  if (places.length === 0) return { messages, growth: 0 }
  const head = messages.find(({ message }) => message.type === 'head')?.message
  const headers = head?.type === 'head' ? head.headers : []
  const described = { type: header(headers, 'content-type'), encoding: header(headers, 'content-encoding') }
  const pieces = places.map((at) => bytesAt(messages, at))
  const before = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  const after = redactBody(before, described, redactor, 'response.body')
  if (after === before) return { messages, growth: 0 }
  return { messages: putBytes(messages, places, cutPieces(pieces, after)), growth: after.length - before.length }
}

/** Replaces the secrets of WebSocket text, each message joined from its fragments. */
export function redactFrames(messages: Messages, redactor: Redactor): Messages {
  let result = messages
  for (const sender of ['client', 'service'] as const) {
    for (const places of textMessages(messages, sender)) {
      const pieces = places.map((at) => bytesAt(messages, at))
      const before = Buffer.concat(pieces).toString()
      const after = redactText(before, redactor, sender === 'client' ? 'request.frames' : 'response.frames')
      if (after !== before) result = putBytes(result, places, cutPieces(pieces, Buffer.from(after)))
    }
  }
  return result
}

/** The frames of each text message of one side. */
function textMessages(messages: Messages, sender: Sender): readonly (readonly number[])[] {
  const found: (readonly number[])[] = []
  let open: number[] | undefined
  messages.forEach(({ from, message }, at) => {
    if (message.type !== 'frame' || from !== sender || message.opcode >= 8) return
    if (message.opcode !== 0) open = message.opcode === 1 ? [] : undefined
    open?.push(at)
    if (!open || !message.fin) return
    found.push(open)
    open = undefined
  })
  if (open) found.push(open)
  return found
}

function placesOf(messages: Messages, matches: (message: HttpReply) => boolean): readonly number[] {
  return messages.flatMap(({ message }, at) => (matches(message) ? [at] : []))
}

function bytesAt(messages: Messages, at: number): Uint8Array {
  return (messages[at]!.message as Bytes).bytes
}

function putBytes(messages: Messages, places: readonly number[], pieces: readonly Uint8Array[]): Messages {
  const result = messages.slice()
  places.forEach((at, i) => {
    const timed = result[at]!
    result[at] = { ...timed, message: { ...(timed.message as Bytes), bytes: pieces[i]! } }
  })
  return result
}
