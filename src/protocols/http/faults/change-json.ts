import { header, type HeaderList, type HttpReply } from '../message.ts'
import { recode } from '../recode.ts'
import type { HttpFault, HttpFaultMatch } from './http-fault.ts'

/** What a fault of fields strikes. */
export interface FieldFaultMatch extends HttpFaultMatch {
  /** Only answers with this status are changed. */
  readonly status?: number
}

const json = /^(?:application|text)\/(?:(?!stream\+)[\w.-]+\+)?json\s*(?:;|$)/i
const untold = /^(?:text\/plain|application\/octet-stream)?\s*(?:;|$)/i

/**
 * Has the service do what it is asked, and changes the JSON that it answers: whole documents, packed or not. Streams of
 * events or of lines are left as they are, and so is what cannot be read.
 *
 * @param change - Gives the same value when there is nothing to change.
 */
export function changeJson(
  name: string,
  { status, ...match }: FieldFaultMatch,
  change: (json: unknown) => unknown,
): HttpFault {
  return {
    name,
    match,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        const held: HttpReply[] = []
        for await (const reply of peer(question, signal)) {
          const isOther = reply.type === 'head' && !mayHoldJson(reply, status)
          if (isOther || disarmed.aborted || reply.type === 'informational' || reply.type === 'failure') {
            // A head that is not held lets the rest pass, too.
            yield* held.splice(0)
            yield reply
          } else if (reply.type === 'head' || held.length > 0) held.push(reply)
          else yield reply
        }
        yield* changedJson(held, change)
      },
  }
}

/** The JSON of an answer; `undefined` when it is none. */
export function jsonOf(replies: readonly HttpReply[]): { readonly head: Head; readonly value: unknown } | undefined {
  let value: unknown
  const head = replies.find((reply) => reply.type === 'head')
  if (!head || !mayHoldJson(head)) return undefined
  recode(bodyOf(replies), header(head.headers, 'content-encoding'), (bytes) => {
    value = parse(bytes)
    return bytes
  })
  return value === undefined ? undefined : { head, value }
}

type Head = Extract<HttpReply, { type: 'head' }>

function mayHoldJson({ status, headers }: Head, wanted: number = status): boolean {
  const type = header(headers, 'content-type') ?? ''
  return status === wanted && (json.test(type) || untold.test(type))
}

/** An answer with other JSON in it; as it is when it has none, or nothing is changed. */
export function* changedJson(replies: readonly HttpReply[], change: (json: unknown) => unknown): Generator<HttpReply> {
  const head = replies.find((reply) => reply.type === 'head')
  const body = bodyOf(replies)
  if (!head || body.length === 0) return yield* replies
  const bytes = recode(body, header(head.headers, 'content-encoding'), (plain) => {
    const value = parse(plain, asWritten)
    const next = value === undefined ? value : change(value)
    return next === value ? plain : Buffer.from(JSON.stringify(next))
  })
  if (bytes === body) return yield* replies
  yield { ...head, headers: fitting(head.headers, bytes.length) }
  yield { type: 'data', bytes }
  for (const reply of replies) if (reply.type === 'trailers') yield reply
}

function bodyOf(replies: readonly HttpReply[]): Buffer {
  return Buffer.concat(replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
}

type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown

/** Objects and arrays; `undefined` for anything else. */
function parse(bytes: Uint8Array, reviver?: Reviver): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''), reviver)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Keeps a number that would not be written the same again, such as an id of 20 digits. */
const asWritten: Reviver = (_name, value, context) => {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source)
}

/** What says how long the body was, or proves what it was, would be wrong now. */
function fitting(headers: HeaderList, length: number): HeaderList {
  const wrong = /^(?:content-length|transfer-encoding|content-md5|digest|content-digest|repr-digest)$/i
  return [...headers.filter(([name]) => !wrong.test(name)), ['content-length', String(length)]]
}
