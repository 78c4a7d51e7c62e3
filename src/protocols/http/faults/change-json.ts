import { changeJsonText, readJson, textOfBytes } from '../../../core/json-text.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from '../message.ts'
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
  const isMeant = (head: Head): boolean => head.status === (status ?? head.status)
  return withWholeJson(name, match, (replies) => {
    const head = replies.find((reply) => reply.type === 'head')
    return head && isMeant(head) ? changedJson(replies, change) : replies
  })
}

/** A JSON answer as its client gets it. */
export interface HeardJson {
  readonly question: HttpQuestion
  readonly status: number
  /** Unpacked. */
  readonly text: string
}

/** Changes nothing, and tells of every JSON answer before its client gets it. */
export function hearJson(hear: (heard: HeardJson) => void): HttpFault {
  return withWholeJson('heard', { times: Number.POSITIVE_INFINITY }, (replies, question) => {
    const head = replies.find((reply) => reply.type === 'head')
    if (head) {
      recode(bodyOf(replies), header(head.headers, 'content-encoding'), (bytes) => {
        hear({ question, status: head.status, text: textOfBytes(bytes) })
        return bytes
      })
    }
    return replies
  })
}

/** Holds answers back that are one JSON document until they are whole; all others pass as they come. */
function withWholeJson(
  name: string,
  match: HttpFaultMatch,
  work: (replies: readonly HttpReply[], question: HttpQuestion) => Iterable<HttpReply>,
): HttpFault {
  return {
    name,
    match,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        const held: HttpReply[] = []
        for await (const reply of peer(question, signal)) {
          const isHeld = held.length > 0 || (reply.type === 'head' && mayHoldJson(reply))
          if (isHeld && !disarmed.aborted && reply.type !== 'failure') held.push(reply)
          else {
            yield* held.splice(0)
            yield reply
          }
        }
        yield* work(held, question)
      },
  }
}

/** The JSON of an answer; `undefined` when it is none. */
export function jsonOf(replies: readonly HttpReply[]): { readonly head: Head; readonly value: unknown } | undefined {
  let value: unknown
  const head = replies.find((reply) => reply.type === 'head')
  if (!head || !mayHoldJson(head)) return undefined
  recode(bodyOf(replies), header(head.headers, 'content-encoding'), (bytes) => {
    value = readJson(bytes)
    return bytes
  })
  return value === undefined ? undefined : { head, value }
}

type Head = Extract<HttpReply, { type: 'head' }>

function mayHoldJson({ headers }: Head): boolean {
  const type = header(headers, 'content-type') ?? ''
  return json.test(type) || untold.test(type)
}

/** An answer with other JSON in it; as it is when it has none, or nothing is changed. */
export function changedJson(replies: readonly HttpReply[], change: (json: unknown) => unknown): readonly HttpReply[] {
  const head = replies.find((reply) => reply.type === 'head')
  if (!head) return replies
  const body = bodyOf(replies)
  const bytes = recode(body, header(head.headers, 'content-encoding'), (plain) => {
    return changeJsonText(plain, change)
  })
  if (bytes === body) return replies
  return [
    { ...head, headers: fitting(head.headers, bytes.length) },
    { type: 'data', bytes },
    ...replies.filter(({ type }) => type === 'trailers'),
  ]
}

function bodyOf(replies: readonly HttpReply[]): Buffer {
  return Buffer.concat(replies.flatMap((reply) => (reply.type === 'data' ? [reply.bytes] : [])))
}

/** What says how long the body was, or proves what it was, would be wrong now. */
function fitting(headers: HeaderList, length: number): HeaderList {
  const wrong = /^(?:content-length|transfer-encoding|content-md5|digest|content-digest|repr-digest)$/i
  return [...headers.filter(([name]) => !wrong.test(name)), ['content-length', String(length)]]
}
