import { isUtf8 } from 'node:buffer'
import type { Exchange, Timed } from '../core/exchange.ts'
import type { JsonObject } from '../core/json.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from '../protocols/http/message.ts'
import type { Exported } from './format.ts'
import { groupByTest } from './group-by-test.ts'
import { requestCookies, responseCookies } from './har-cookies.ts'
import { LossList } from './loss-list.ts'
import { codingOf, decodeBody } from './settle-body.ts'

type Head = Extract<HttpReply, { type: 'head' }>
type Frame = Extract<HttpReply, { type: 'frame' }>

/**
 * Writes HAR 1.2. What HAR has no place for stands in `_mortar` of each entry and in other fields that begin with
 * `_`, so that reading the file back gives the same exchanges. `docs/import-export.md` describes them.
 */
export function writeHar(exchanges: readonly Exchange<HttpQuestion, HttpReply>[]): Exported {
  const losses = new LossList()
  const http = exchanges.filter(({ protocol }) => protocol === 'http')
  losses.add('exchanges of other protocols', 'HAR holds HTTP only', exchanges.length - http.length)
  const entries = groupByTest(http).flatMap((group) => group.exchanges.map(entryOf))
  const log = { version: '1.2', creator: { name: 'Mortar', version: '1' }, entries }
  return { text: `${JSON.stringify({ log }, null, 2)}\n`, losses: losses.list() }
}

function entryOf(exchange: Exchange<HttpQuestion, HttpReply>): JsonObject {
  const { question, messages } = exchange
  const head = messages.find((one): one is Timed<Head> => one.message.type === 'head')
  const body = Buffer.concat(messages.flatMap(({ from, message }) => (isBody(from, message) ? [message.bytes] : [])))
  const frames = messages.filter((one): one is Timed<Frame> => one.message.type === 'frame')
  const { content, encodedBody } = contentOf(head?.message.headers ?? [], body)
  const { id, boundary, operation, effect, test, askedAt, durationMs, ending } = exchange
  return {
    startedDateTime: new Date(askedAt).toISOString(),
    time: durationMs,
    request: requestOf(question),
    response: responseOf(messages, head?.message, content, body.length),
    cache: {},
    timings: { send: 0, wait: head?.ms ?? durationMs, receive: Math.max(0, durationMs - (head?.ms ?? durationMs)) },
    ...(frames.length > 0
      ? { _resourceType: 'websocket', _webSocketMessages: frames.map((frame) => frameOf(frame, askedAt)) }
      : {}),
    _mortar: {
      id,
      boundary,
      operation,
      effect,
      test: test && { file: test.file, name: test.name },
      askedAt,
      ending,
      ...(question.trailers.length > 0 ? { requestTrailers: pairs(question.trailers) } : {}),
      steps: messages.map((step) => stepOf(step, head)),
      encodedBody,
    },
  }
}

function isBody(from: string, message: HttpReply): message is Extract<HttpReply, { type: 'data' }> {
  return message.type === 'data' && from === 'service'
}

function requestOf(question: HttpQuestion): JsonObject {
  const { method, url, version, headers, body } = question
  const text = textOrBase64(body)
  return {
    method,
    url,
    httpVersion: `HTTP/${version}`,
    cookies: requestCookies(headers),
    headers: pairs(headers),
    queryString: URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : [],
    ...(body.length > 0
      ? {
          postData: {
            mimeType: header(headers, 'content-type') ?? '',
            text: text.text,
            ...(text.encoding ? { _encoding: text.encoding } : {}),
          },
        }
      : {}),
    headersSize: -1,
    bodySize: body.length,
  }
}

function responseOf(
  messages: readonly Timed<HttpReply>[],
  head: Head | undefined,
  content: JsonObject,
  bodySize: number,
): JsonObject {
  const failed = messages.find(({ message }) => message.type === 'failure')?.message
  const headers = head?.headers ?? []
  return {
    status: head?.status ?? 0,
    statusText: head?.reason ?? '',
    httpVersion: head ? `HTTP/${head.version}` : '',
    cookies: responseCookies(headers),
    headers: pairs(headers),
    content,
    redirectURL: header(headers, 'location') ?? '',
    headersSize: -1,
    bodySize,
    ...(failed?.type === 'failure' ? { _error: `${failed.failure}: ${failed.message}` } : {}),
  }
}

function contentOf(headers: HeaderList, body: Uint8Array): { content: JsonObject; encodedBody: string | undefined } {
  const coding = codingOf(headers)
  const decoded = coding === undefined || body.length === 0 ? undefined : decodeBody(coding, body)
  const shown = decoded ?? body
  return {
    content: {
      size: shown.length,
      ...(decoded ? { compression: decoded.length - body.length } : {}),
      mimeType: header(headers, 'content-type') ?? '',
      ...(shown.length > 0 ? textOrBase64(shown) : {}),
    },
    encodedBody: decoded && Buffer.from(body).toString('base64'),
  }
}

function stepOf({ ms, from, message }: Timed<HttpReply>, head: Timed<Head> | undefined): JsonObject {
  const sender = from === 'client' ? { ms, from } : { ms }
  if (message === head?.message) return { ...sender, type: 'head' }
  switch (message.type) {
    case 'data':
      return from === 'client'
        ? { ...sender, type: 'data', base64: Buffer.from(message.bytes).toString('base64') }
        : { ...sender, type: 'data', bytes: message.bytes.length }
    case 'frame':
      return { ...sender, type: 'frame', ...(message.fin ? {} : { fin: false }) }
    case 'failure':
      return { ...sender, type: 'failure', failure: message.failure, message: message.message }
    default:
      return { ...sender, ...message, headers: pairs(message.headers) }
  }
}

function frameOf({ ms, from, message }: Timed<Frame>, askedAt: number): JsonObject {
  const { opcode, bytes } = message
  const asText = opcode === 1 && isUtf8(bytes)
  return {
    type: from === 'client' ? 'send' : 'receive',
    time: (askedAt + ms) / 1000,
    opcode,
    data: Buffer.from(bytes).toString(asText ? 'utf8' : 'base64'),
    ...(opcode === 1 && !asText ? { _encoding: 'base64' } : {}),
  }
}

function textOrBase64(bytes: Uint8Array): { text: string; encoding?: 'base64' } {
  return isUtf8(bytes)
    ? { text: Buffer.from(bytes).toString('utf8') }
    : { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
}

function pairs(headers: HeaderList): JsonObject[] {
  return headers.map(([name, value]) => ({ name, value }))
}
