import { createHash } from 'node:crypto'
import type { Exchange, TestRef, Timed } from '../core/exchange.ts'
import type { Operation } from '../core/protocol.ts'
import {
  header,
  type HeaderList,
  type HttpFailure,
  type HttpQuestion,
  type HttpReply,
  type HttpVersion,
} from '../protocols/http/message.ts'
import { timeOf } from './field-reader.ts'
import type { ImportSource } from './format.ts'
import type { LossList } from './loss-list.ts'
import { settleBody } from './settle-body.ts'

/** One request and its answer as other tools keep them. */
export interface Recorded {
  readonly method: string
  readonly url: string
  readonly version: HttpVersion
  readonly requestHeaders: HeaderList
  readonly requestBody: Uint8Array
  readonly status: number
  readonly reason: string
  readonly responseHeaders: HeaderList
  /** The body as sent, in the pieces that the file kept. */
  readonly chunks: readonly Uint8Array[]
  /** Milliseconds since the epoch; without it the `date` header, else the time of the file, is taken. */
  readonly askedAt: number | undefined
  /** Milliseconds until the head of the answer, and until its end. */
  readonly headMs: number
  readonly durationMs: number
  /** Messages of a WebSocket, after the head. */
  readonly frames?: readonly Timed<HttpReply>[]
  /** Stands in place of the answer when there was none. */
  readonly failure?: { readonly failure: HttpFailure; readonly message: string }
  readonly test: TestRef | null
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** `METHOD /path`, and an effect unless the method is a safe one. */
export function describeByMethod(question: HttpQuestion): Operation {
  return {
    name: `${question.method} ${new URL(question.url).pathname}`,
    effect: !safeMethods.has(question.method),
  }
}

/**
 * Returns a function that makes exchanges of one file out of what other tools keep: it makes headers and bodies
 * agree, gives each exchange an id that follows from its content, and counts what it had to change.
 */
export function exchangeBuilder(
  source: ImportSource,
  losses: LossList,
): (recorded: Recorded) => Exchange<HttpQuestion, HttpReply> {
  const seen = new Map<string, number>()
  const describe = source.describe ?? describeByMethod
  return (recorded) => {
    const asked = question(recorded, losses)
    const messages = answer(recorded, losses)
    const digest = contentDigest(source.path, asked, messages)
    const nth = seen.get(digest) ?? 0
    seen.set(digest, nth + 1)
    const { name, effect } = describe(asked)
    return {
      id: nth === 0 ? digest : `${digest}-${nth + 1}`,
      boundary: source.boundary(asked.url),
      protocol: 'http',
      operation: name,
      effect,
      test: recorded.test,
      askedAt: recorded.askedAt ?? timeFromHeaders(recorded.responseHeaders, source, losses),
      durationMs: recorded.durationMs,
      question: asked,
      messages,
      ending: 'complete',
    }
  }
}

function question(recorded: Recorded, losses: LossList): HttpQuestion {
  const { url, credentials } = plainUrl(recorded.url, losses)
  const headers = latin1Headers(recorded.requestHeaders)
  const settled = settleBody(headers, recorded.requestBody)
  noteSettled(settled, 'request', losses)
  return {
    method: recorded.method.toUpperCase(),
    url,
    version: recorded.version,
    headers:
      credentials === undefined || header(headers, 'authorization') !== undefined
        ? settled.headers
        : [...settled.headers, ['Authorization', credentials]],
    body: recorded.requestBody,
    trailers: [],
  }
}

function answer(recorded: Recorded, losses: LossList): Timed<HttpReply>[] {
  const { headMs, durationMs, failure, frames = [] } = recorded
  if (failure) return [{ ms: durationMs, from: 'service', message: { type: 'failure', ...failure } }]
  const chunks = recorded.chunks.filter((chunk) => chunk.length > 0)
  const body = Buffer.concat(chunks)
  const headers = latin1Headers(recorded.responseHeaders)
  const bodiless = recorded.method.toUpperCase() === 'HEAD' || [101, 204, 304].includes(recorded.status)
  const settled = bodiless ? { headers, decoded: false, resized: false } : settleBody(headers, body)
  noteSettled(settled, 'response', losses)
  const { status, reason, version } = recorded
  return [
    { ms: headMs, from: 'service', message: { type: 'head', status, reason, version, headers: settled.headers } },
    ...chunks.map((bytes) => ({ ms: durationMs, from: 'service', message: { type: 'data', bytes } }) as const),
    ...frames,
  ]
}

function noteSettled(settled: { decoded: boolean; resized: boolean }, side: string, losses: LossList): void {
  if (settled.decoded) {
    losses.add(
      `encoded ${side} bodies`,
      'the file holds them decoded; `content-encoding` was taken out and the length computed anew',
    )
  }
  if (settled.resized)
    losses.add(`${side} lengths`, '`content-length` did not fit the body in the file and was computed anew')
}

function plainUrl(written: string, losses: LossList): { url: string; credentials: string | undefined } {
  const url = new URL(written)
  if (url.hash !== '') losses.add('URL fragments', 'they are not sent to a service')
  const asWritten = /^[^/]*\/\/[^/?#]*([^#]*)/.exec(written)?.[1] ?? ''
  const target = /^\/[\u0021-\u007e]*$/.test(asWritten) ? asWritten : `${url.pathname}${url.search}`
  return {
    url: `${url.protocol.replace('ws', 'http')}//${url.host}${target}`,
    credentials: url.username === '' && url.password === '' ? undefined : basicCredentials(url),
  }
}

function basicCredentials({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`).toString('base64')}`
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Header values are bytes written as latin1; what other tools decoded as UTF-8 is turned back. */
function latin1Headers(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => [
    name,
    /[^\u0000-\u00ff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value,
  ])
}

function timeFromHeaders(headers: HeaderList, source: ImportSource, losses: LossList): number {
  const time = timeOf(header(headers, 'date'))
  if (time !== undefined) return time
  losses.add('times', 'neither the file nor a `date` header says when; the time of the file was taken')
  return source.modifiedAt
}

function contentDigest(path: string, asked: HttpQuestion, messages: readonly Timed<HttpReply>[]): string {
  const hash = createHash('sha256').update(
    JSON.stringify([path, asked.method, asked.url, asked.headers, asked.body.length]),
  )
  hash.update(asked.body)
  for (const { message } of messages) {
    if ('bytes' in message) {
      hash.update(JSON.stringify({ ...message, bytes: message.bytes.length })).update(message.bytes)
    } else hash.update(JSON.stringify(message))
  }
  return hash.digest('hex').slice(0, 16)
}
