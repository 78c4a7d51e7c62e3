import { anyNumber, anyText } from '../core/any-value.ts'
import type { Timed } from '../core/exchange.ts'
import { type HeaderList, header, type HttpFailure, type HttpReply } from '../protocols/http/message.ts'
import type { Recorded } from './build-exchange.ts'
import {
  type Fields,
  fieldsOf,
  isFields,
  isWebUrl,
  listOf,
  opcodeOf,
  statusOf,
  textOf,
  timeOf,
  urlOf,
} from './field-reader.ts'
import type { LossList } from './loss-list.ts'
import { reasonOf, versionOf } from './cassette-fields.ts'

/** Turns the `content` of a response into the pieces of its body. */
export type ContentReader = (content: Fields, headers: HeaderList, where: string, losses: LossList) => Uint8Array[]

/** Reads one HAR entry of any tool; `undefined` when it stands for nothing that crossed the network. */
export function readHarEntry(
  entry: Fields,
  where: string,
  losses: LossList,
  contentOf: ContentReader,
): Recorded | undefined {
  const request = fieldsOf(entry['request'], `${where}.request`)
  const response = fieldsOf(entry['response'], `${where}.response`)
  const url = urlOf(request['url'], `${where}.request.url`)
  if (!isWebUrl(url)) {
    losses.add('requests that use no network', 'their URL is neither HTTP nor WebSocket')
    return undefined
  }
  countUnknown(entry, request, response, losses)
  const requestHeaders = harHeaders(request['headers'], `${where}.request.headers`)
  const responseHeaders = harHeaders(response['headers'], `${where}.response.headers`)
  countCookies(request['cookies'], requestHeaders, 'cookie', 'request cookies', losses)
  countCookies(response['cookies'], responseHeaders, 'set-cookie', 'response cookies', losses)
  const status = statusOf(response['status'], `${where}.response.status`)
  const failure = status === 0 ? failureOf(response) : undefined
  if (status === 0 && failure === undefined) {
    losses.add('requests without an answer', 'they were blocked or given up before the service answered')
    return undefined
  }
  const askedAt = timeOf(entry['startedDateTime'])
  const { headMs, durationMs } = timesOf(entry, losses)
  const frames = framesOf(entry['_webSocketMessages'], `${where}._webSocketMessages`, askedAt ?? Number.NaN)
  const content = response['content']
  return {
    method: textOf(request['method'], `${where}.request.method`),
    url,
    version: versionOf(response['httpVersion'] || request['httpVersion'], losses),
    requestHeaders,
    requestBody: requestBodyOf(request, requestHeaders, `${where}.request`, losses),
    status,
    reason: reasonOf(response['statusText'], status),
    responseHeaders,
    chunks: isFields(content) ? contentOf(content, responseHeaders, `${where}.response.content`, losses) : [],
    askedAt,
    headMs,
    durationMs,
    ...(frames.length > 0 ? { frames } : {}),
    ...(failure ? { failure } : {}),
    test: null,
  }
}

function countUnknown(entry: Fields, request: Fields, response: Fields, losses: LossList): void {
  // `pageref` and `connection` only name things outside the entry; sizes and the query follow from the rest.
  const known = ['startedDateTime', 'time', 'request', 'response', 'timings', 'pageref', 'connection']
  losses.unknownKeys(entry, [...known, '_mortar', '_resourceType', '_webSocketMessages', '_id', '_order'])
  const both = ['httpVersion', 'cookies', 'headers', 'headersSize', 'bodySize', '_transferSize']
  losses.unknownKeys(request, [...both, 'method', 'url', 'queryString', 'postData'], 'request.')
  losses.unknownKeys(response, [...both, 'status', 'statusText', 'content', 'redirectURL', '_error'], 'response.')
}

function countCookies(kept: unknown, headers: HeaderList, name: string, what: string, losses: LossList): void {
  if (!Array.isArray(kept) || header(headers, name) !== undefined) return
  losses.add(what, `the file lists them without a \`${name}\` header, so what was sent is not known`, kept.length)
}

/** Headers as a list of names and values; without the pseudo headers of HTTP/2, which stand elsewhere. */
export function harHeaders(kept: unknown, where: string): HeaderList {
  if (kept === undefined || kept === null) return []
  return namedTexts(listOf(kept, where), where).filter(([name]) => !name.startsWith(':'))
}

/** The pairs of a list of `{ name, value }`; a value that is left out is empty. */
export function namedTexts(kept: readonly unknown[], where: string): [name: string, value: string][] {
  return kept.map((one, index) => {
    const { name, value } = fieldsOf(one, `${where}[${index}]`)
    return [textOf(name, `${where}[${index}].name`), textOf(value ?? '', `${where}[${index}].value`)]
  })
}

/** Some tools keep an empty text for a body that they cannot show. */
function requestBodyOf(request: Fields, headers: HeaderList, where: string, losses: LossList): Uint8Array {
  const isBlank = isFields(request['postData']) && request['postData']['text'] === ''
  const body = postDataOf(request, where, losses)
  if (isBlank && body.length === 0 && Number(header(headers, 'content-length') ?? 0) > 0) {
    losses.add('request bodies', notKept)
  }
  return body
}

const notKept = 'the recorder did not keep them, as it does with binary or multipart ones'

/** The body of a request: `postData.text`, base64 when `_encoding` or `encoding` says so, or made of `params`. */
export function postDataOf(request: Fields, where: string, losses: LossList): Uint8Array {
  const { postData } = request
  if (!isFields(postData)) {
    if (anyNumber(request['bodySize']) > 0)
      losses.add('request bodies', 'the file says their size but not what they held')
    return new Uint8Array()
  }
  losses.unknownKeys(postData, ['mimeType', 'text', 'params', 'encoding', '_encoding'], 'request.postData.')
  const { text, params } = postData
  if (typeof text === 'string' && (text !== '' || !Array.isArray(params) || params.length === 0)) {
    const isBase64 = (postData['_encoding'] ?? postData['encoding']) === 'base64'
    return Buffer.from(text, isBase64 ? 'base64' : 'utf8')
  }
  if (Array.isArray(params) && params.length > 0) {
    if (anyText(postData['mimeType']).startsWith('application/x-www-form-urlencoded')) {
      return Buffer.from(new URLSearchParams(namedTexts(params, `${where}.postData.params`)).toString())
    }
  }
  losses.add('request bodies', notKept)
  return new Uint8Array()
}

/** The body of a response as plain HAR keeps it: text, or base64. */
export const plainContent: ContentReader = (content, _headers, where, losses) => {
  losses.unknownKeys(content, ['size', 'compression', 'mimeType', 'text', 'encoding'], 'response.content.')
  const { text, encoding } = content
  if (text === undefined || text === null || text === '') {
    if (anyNumber(content['size']) > 0) losses.add('response bodies', 'the file says their size but not what they held')
    return []
  }
  return [Buffer.from(textOf(text, `${where}.text`), encoding === 'base64' ? 'base64' : 'utf8')]
}

function timesOf(entry: Fields, losses: LossList): { headMs: number; durationMs: number } {
  const timings = isFields(entry['timings']) ? entry['timings'] : {}
  const of = (phase: string): number => finite(timings[phase])
  const connecting = of('blocked') + of('dns') + of('connect')
  if (connecting > 0) losses.add('timings', 'the phases of connecting are kept as one time until the answer began')
  const headMs = connecting + of('send') + of('wait')
  return { headMs, durationMs: Math.max(headMs, finite(entry['time']) || headMs + of('receive')) }
}

/** HAR says -1 for a phase that did not happen. */
function finite(time: unknown): number {
  return typeof time === 'number' && time > 0 && time < 8.64e15 ? time : 0
}

const failures: readonly (readonly [RegExp, HttpFailure])[] = [
  [/NAME_NOT_RESOLVED|ENOTFOUND|EAI_AGAIN/i, 'unresolved'],
  [/REFUSED/i, 'refused'],
  [/CERT|SSL|TLS/i, 'tls'],
  [/TIMED_?OUT/i, 'timeout'],
  [/RESET|EMPTY_RESPONSE|CONNECTION_CLOSED/i, 'reset'],
  [/LENGTH_MISMATCH|INCOMPLETE/i, 'truncated'],
  [/INVALID|PROTOCOL_ERROR|MALFORMED/i, 'malformed'],
]

function failureOf(response: Fields): { failure: HttpFailure; message: string } | undefined {
  const message = anyText(response['_error'] ?? '')
  const failure = failures.find(([pattern]) => pattern.test(message))?.[1]
  return failure && { failure, message }
}

function framesOf(kept: unknown, where: string, askedAt: number): Timed<HttpReply>[] {
  if (kept === undefined || kept === null) return []
  return listOf(kept, where).map((one, index) => {
    const frame = fieldsOf(one, `${where}[${index}]`)
    const { opcode, bytes } = frameOf(frame, `${where}[${index}]`)
    const at = anyNumber(frame['time']) * 1000 - askedAt
    return {
      ms: Number.isFinite(at) ? Math.max(0, Math.round(at * 1000) / 1000) : 0,
      from: frame['type'] === 'send' ? 'client' : 'service',
      message: { type: 'frame', opcode, fin: true, bytes },
    }
  })
}

/** Opcode and payload of one of `_webSocketMessages`: text for opcode 1, else base64. */
export function frameOf(frame: Fields, where: string): { opcode: number; bytes: Uint8Array } {
  const opcode = opcodeOf(frame['opcode'] ?? 1, `${where}.opcode`)
  const isText = opcode === 1 && frame['_encoding'] !== 'base64'
  return { opcode, bytes: Buffer.from(textOf(frame['data'] ?? '', `${where}.data`), isText ? 'utf8' : 'base64') }
}
