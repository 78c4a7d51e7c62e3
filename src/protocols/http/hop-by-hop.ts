import type { HeaderList, HttpQuestion, HttpReply } from './message.ts'
import { header } from './message.ts'

/** The head of an answer. */
export type HeadReply = Extract<HttpReply, { type: 'head' }>

/** What is known of a body before it is sent. */
export interface BodyShape {
  /** Bytes, where the whole body is there. */
  readonly length?: number
  readonly hasTrailers?: boolean
}

/** Whether an answer has no body by its method and status, whatever its headers say. */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304 || status < 200
}

/** Whether the request asks to speak WebSocket from now on. */
export function isWebSocket(headers: HeaderList): boolean {
  return header(headers, 'upgrade')?.toLowerCase() === 'websocket'
}

/**
 * The header lines of an answer as HTTP/1.1 carries it, flat as node wants them. Lines stay as recorded; only those
 * that say where the body ends follow the wire that is really spoken.
 *
 * @param asked - The question that this answers, which may have come by another version than the answer.
 */
export function http1ReplyHeaders(asked: HttpQuestion, head: HeadReply, body: BodyShape): string[] {
  const flat: string[] = []
  const bodiless = isBodiless(asked.method, head.status)
  const canChunk = asked.version !== '1.0'
  const chunked = canChunk && header(head.headers, 'transfer-encoding') !== undefined
  let framed = chunked || bodiless
  let closes = head.version === '1.0'
  for (const [name, value] of head.headers) {
    switch (name.length > 9 ? name.toLowerCase() : '') {
      case 'content-length':
        if (chunked && !bodiless) continue
        if (framed && !bodiless) continue
        framed = true
        flat.push(name, bodiless || body.length === undefined ? value : String(body.length))
        continue
      case 'transfer-encoding':
        if (canChunk && head.status !== 204 && head.status !== 304) flat.push(name, value)
        continue
      case 'connection':
        closes ||= /close/i.test(value)
    }
    flat.push(name, value)
  }
  if (!framed && !closes) {
    if (body.length !== undefined && !body.hasTrailers) flat.push('content-length', String(body.length))
    else if (canChunk) flat.push('transfer-encoding', 'chunked')
  }
  return flat
}

const connectionOnly = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Header lines as HTTP/2 carries them: names in lower case, nothing about the connection. */
export function http2Headers(headers: HeaderList): [name: string, value: string][] {
  const lines: [string, string][] = []
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (connectionOnly.has(key) || (key === 'te' && value.toLowerCase() !== 'trailers')) continue
    lines.push([key, value])
  }
  return lines
}

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])

/** The header lines of a question as HTTP/1.1 carries it, flat as node wants them; `host` first where it was missing. */
export function http1QuestionHeaders(question: HttpQuestion): string[] {
  const { headers, body, trailers } = question
  const webSocket = isWebSocket(headers)
  const flat: string[] = []
  if (header(headers, 'host') === undefined) flat.push('Host', authorityOf(question.url))
  const chunked = header(headers, 'transfer-encoding') !== undefined || trailers.length > 0
  let framed = webSocket
  for (const [name, value] of headers) {
    switch (name.toLowerCase()) {
      case 'proxy-connection':
      case 'proxy-authorization':
      case 'http2-settings':
        continue
      case 'sec-websocket-extensions':
        if (webSocket) continue
        break
      case 'upgrade':
        if (!webSocket) continue
        break
      case 'connection':
        if (!webSocket && /upgrade/i.test(value)) continue
        break
      case 'transfer-encoding':
        framed = true
        break
      case 'content-length':
        if (!chunked && !framed) flat.push(name, String(body.length))
        framed = true
        continue
    }
    flat.push(name, value)
  }
  if (chunked && header(headers, 'transfer-encoding') === undefined) flat.push('transfer-encoding', 'chunked')
  else if (!framed && (body.length > 0 || methodsWithBody.has(question.method))) {
    flat.push('content-length', String(body.length))
  }
  return flat
}

/** Host and port of an absolute URL, as written. */
export function authorityOf(url: string): string {
  const start = url.indexOf('://') + 3
  const end = url.slice(start).search(/[/?#]/)
  const authority = end < 0 ? url.slice(start) : url.slice(start, start + end)
  return authority.slice(authority.lastIndexOf('@') + 1)
}

/** Path and query of an absolute URL, as written: no normalisation, or the service would see another request. */
export function pathOf(url: string): string {
  const start = url.indexOf('://') + 3
  const end = url.slice(start).search(/[/?#]/)
  if (end < 0) return '/'
  const path = url.slice(start + end)
  return path.startsWith('/') ? path : `/${path}`
}
