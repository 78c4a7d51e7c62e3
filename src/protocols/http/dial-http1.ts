import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { speakWebSocket } from './dial-websocket.ts'
import { failureOf } from './failures.ts'
import { http1QuestionHeaders, isWebSocket, pathOf } from './hop-by-hop.ts'
import { header, type HttpQuestion, type HttpReply } from './message.ts'
import { nodeHttp } from './node-http.ts'
import { Pool } from './pool.ts'
import { headerPairs } from './raw-head.ts'
import type { Reception } from './reception.ts'

/** Asks one question; the answer goes into the reception. */
export type Asking = (question: HttpQuestion, reception: Reception) => void

const maxHeaderBytes = 1 << 20
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Asks a service over HTTP/1.1, on as many connections as questions are open. */
export function dialHttp1(connect: () => Promise<Duplex>): Asking {
  const pool = new Pool(connect, true)
  const fresh = new Pool(connect, false)
  return (question, reception) => {
    const again = (): void => ask(question, reception, fresh)
    ask(question, reception, pool, isIdempotent(question.method) ? again : undefined)
  }
}

/** Whether asking twice does no more than asking once. */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method)
}

/** Whether an error says that an idle connection had been closed by the other side before we used it again. */
export function isStale(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function ask(question: HttpQuestion, reception: Reception, agent: Pool, again?: () => void): void {
  let request: ClientRequest
  try {
    request = nodeHttp.request({
      agent: agent as never,
      method: question.method,
      path: pathOf(question.url),
      headers: http1QuestionHeaders(question),
      setDefaultHeaders: false,
      maxHeaderSize: maxHeaderBytes,
    })
  } catch (error) {
    return reception.failWith(error)
  }
  let retried = false
  reception.stop = () => void request.destroy()
  request.maxHeadersCount = 0
  request.on('information', (info) => {
    // `100 Continue` is between us and the service: our client has got its own.
    if (info.statusCode === 100) reception.noteByte()
    else reception.push({ type: 'informational', status: info.statusCode, headers: headerPairs(info.rawHeaders) })
  })
  request.on('response', (response) => receive(response, reception))
  if (isWebSocket(question.headers)) {
    request.on('upgrade', (response, socket, head) => {
      reception.push(headOf(response))
      speakWebSocket(question, socket, head, reception)
    })
  }
  request.on('error', (error) => {
    if (again && !reception.heard && !reception.isOver && request.reusedSocket && isStale(error)) {
      retried = true
      again()
    } else failed(error, reception)
  })
  request.on('close', () => {
    if (!reception.hasHead && !retried) failed(new Error('the service closed the connection'), reception)
  })
  if (question.trailers.length > 0) request.addTrailers(question.trailers as [string, string][])
  request.end(question.body.length > 0 ? question.body : undefined)
}

function receive(response: IncomingMessage, reception: Reception): void {
  const head = headOf(response)
  reception.push(head)
  if (isEventStream(head.headers)) reception.waitForever()
  reception.resume = () => void response.resume()
  response.on('data', (bytes: Uint8Array) => {
    if (!reception.push({ type: 'data', bytes })) response.pause()
  })
  response.on('end', () => {
    const trailers = headerPairs(response.rawTrailers)
    if (trailers.length > 0) reception.push({ type: 'trailers', headers: trailers })
    reception.finish()
  })
  response.on('error', (error) => reception.failWith(error))
  response.on('close', () => {
    // Every answer ends with this event, and an error costs a stack trace.
    if (!reception.isOver) reception.failWith(new Error('the service closed the connection'))
  })
}

/** Whether an answer is a stream of server-sent events, which may be silent for long. */
export function isEventStream(headers: readonly (readonly [string, string])[]): boolean {
  return header(headers, 'content-type')?.startsWith('text/event-stream') ?? false
}

function failed(error: unknown, reception: Reception): void {
  if (reception.isOver) return
  const failure = failureOf(error, reception.hasHead)
  const { rawPacket } = error as { rawPacket?: Buffer }
  // What came instead of HTTP is part of the recording.
  if (failure.failure === 'malformed' && rawPacket && !reception.hasHead) {
    reception.push({ type: 'data', bytes: rawPacket })
  }
  reception.fail(failure)
}

function headOf(response: IncomingMessage): Extract<HttpReply, { type: 'head' }> {
  return {
    type: 'head',
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    version: response.httpVersion === '1.0' ? '1.0' : '1.1',
    headers: headerPairs(response.rawHeaders),
  }
}
