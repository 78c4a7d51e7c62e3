import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as http2Connect,
  constants,
  type SecureClientSessionOptions,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { isEventStream, isIdempotent, isStale } from './dial-http1.ts'
import { authorityOf, http2Headers, pathOf } from './hop-by-hop.ts'
import { http2Block, http2Object } from './http2-headers.ts'
import { type HeaderList, header, type HttpQuestion } from './message.ts'
import { headerPairs } from './raw-head.ts'
import type { Reception } from './reception.ts'
import { http2Limits } from './serve-http2.ts'

/** Speaks HTTP/2 on a connection that is there. */
export function openSession(connection: Duplex, url: string): ClientHttp2Session {
  const session = http2Connect(`${new URL(url).protocol}//${authorityOf(url)}`, {
    ...http2Limits,
    settings: { enablePush: false },
    createConnection: () => connection,
  } as SecureClientSessionOptions)
  // Each stream hears of it too, and says so in its answer.
  session.on('error', () => {})
  return session
}

/** Whether a session can take one more question. */
export function isUsable(session: ClientHttp2Session): boolean {
  return !session.closed && !session.destroyed
}

const open = new WeakMap<ClientHttp2Session, number>()

function hold(session: ClientHttp2Session): void {
  const count = open.get(session) ?? 0
  open.set(session, count + 1)
  if (count === 0) session.ref()
}

// An idle session must not keep the process alive.
function release(session: ClientHttp2Session): void {
  const count = (open.get(session) ?? 1) - 1
  open.set(session, count)
  if (count === 0 && !session.destroyed) session.unref()
}

/** Asks one question on `session`; `again`, where given, asks it anew when the service never saw it. */
export function askHttp2(
  session: ClientHttp2Session,
  question: HttpQuestion,
  reception: Reception,
  again?: () => void,
): void {
  let stream: ClientHttp2Stream
  const { body, trailers } = question
  const endStream = body.length === 0 && trailers.length === 0
  try {
    const options = { endStream, waitForTrailers: trailers.length > 0 }
    stream = session.request(http2Block(headerLines(question)), options)
  } catch (error) {
    return again ? again() : reception.failWith(error)
  }
  hold(session)
  let retried = false
  reception.stop = () => stream.close(constants.NGHTTP2_CANCEL)
  reception.resume = () => void stream.resume()
  stream.on('headers', (headers, _flags, raw: unknown) => {
    const lines = plainLines(raw)
    reception.push({ type: 'informational', status: Number(headers[':status']), headers: lines })
  })
  stream.on('response', (headers, _flags, raw: unknown) => {
    const lines = plainLines(raw)
    reception.push({ type: 'head', status: Number(headers[':status']), reason: '', version: '2', headers: lines })
    if (isEventStream(lines)) reception.waitForever()
  })
  stream.on('data', (bytes: Uint8Array) => {
    if (!reception.push({ type: 'data', bytes })) stream.pause()
  })
  stream.on('trailers', (_headers, _flags, raw: unknown) => {
    reception.push({ type: 'trailers', headers: plainLines(raw) })
  })
  stream.on('end', () => {
    if (stream.rstCode === constants.NGHTTP2_NO_ERROR && reception.hasHead && !stream.aborted) reception.finish()
  })
  const lost = (error: Error): void => {
    if (retried) return
    if (again && !reception.heard && !reception.isOver && isUnseen(question.method, stream, error)) {
      retried = true
      again()
    } else reception.failWith(error)
  }
  stream.on('error', lost)
  stream.on('close', () => {
    release(session)
    lost(Object.assign(new Error('the service closed the stream'), { code: 'ECONNRESET' }))
  })
  stream.on('wantTrailers', () => stream.sendTrailers(http2Object(http2Headers(trailers))))
  if (!endStream) stream.end(body)
}

const neverSent = new Set(['ERR_HTTP2_STREAM_CANCEL', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION'])

// The service itself says so, or the session was gone before the question could leave, or asking twice does no harm.
function isUnseen(method: string, stream: ClientHttp2Stream, error: NodeJS.ErrnoException): boolean {
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || neverSent.has(error.code ?? '')) return true
  return isIdempotent(method) && isStale(error)
}

function headerLines(question: HttpQuestion): HeaderList {
  const { headers, url, method, body, trailers } = question
  const lines = http2Headers(headers).filter(([name]) => name !== 'host' && !name.startsWith('proxy-'))
  for (const line of lines) if (line[0] === 'content-length' && trailers.length === 0) line[1] = String(body.length)
  return [
    [':method', method],
    [':scheme', new URL(url).protocol.slice(0, -1)],
    [':authority', header(headers, 'host') ?? authorityOf(url)],
    [':path', pathOf(url)],
    ...lines,
  ]
}

function plainLines(raw: unknown): HeaderList {
  return headerPairs(raw as readonly string[]).filter(([name]) => !name.startsWith(':'))
}
