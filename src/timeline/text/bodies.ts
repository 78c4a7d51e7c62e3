import type { Content } from '../../core/protocol.ts'
import { decodeContent } from '../../protocols/http/decode-content.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from '../../protocols/http/message.ts'
import type { MqttQuestion } from '../../protocols/mqtt/message.ts'
import type { NatsQuestion } from '../../protocols/nats/message.ts'
import type { Moment } from '../moment.ts'

/** A body that crossed, as people read it. */
export interface Body {
  /** `request`, `response`, `message`. */
  readonly what: string
  readonly bytes: Uint8Array
  /** `json`, `txt`, `bin`. */
  readonly extension: string
}

type Reader = (content: never) => readonly Body[]

const readers: Readonly<Record<string, Reader>> = {
  http: ({ question, messages }: Content<HttpQuestion, HttpReply>) => {
    const head = messages.find(({ message }) => message.type === 'head')?.message
    const chunks = messages.flatMap(({ message }) => (message.type === 'data' ? [message.bytes] : []))
    const headers = head?.type === 'head' ? head.headers : []
    return [
      ...httpBody('request', question.body, question.headers),
      ...httpBody('response', Buffer.concat(chunks), headers),
    ]
  },
  nats: ({ question }: Content<NatsQuestion, unknown>) => message(question.body),
  mqtt: ({ question }: Content<MqttQuestion, unknown>) => message(question.body),
  amqp: ({ question }: Content<{ readonly body?: Uint8Array }, unknown>) => message(question.body ?? new Uint8Array()),
}

/** The bodies of an exchange that are worth a file of their own. @throws what reading a cassette throws */
export function bodiesOf({ exchange, protocol }: Moment): readonly Body[] {
  const read = exchange && Object.hasOwn(readers, protocol) ? readers[protocol] : undefined
  return read ? read(exchange as never) : []
}

function httpBody(what: string, bytes: Uint8Array, headers: HeaderList): Body[] {
  if (bytes.length === 0) return []
  const decoded = decodeContent(bytes, header(headers, 'content-encoding'))
  return [{ what, bytes: decoded, extension: extensionOf(decoded) }]
}

function message(bytes: Uint8Array): Body[] {
  return bytes.length === 0 ? [] : [{ what: 'message', bytes, extension: extensionOf(bytes) }]
}

function extensionOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  if (text.includes('\ufffd') || text.includes('\0')) return 'bin'
  try {
    JSON.parse(text)
    return 'json'
  } catch {
    return 'txt'
  }
}
