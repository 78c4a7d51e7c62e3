import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Channel, channel } from '../../core/channel.ts'
import type { Peer } from '../../core/peer.ts'
import { failureOf, timeoutFailure } from './failures.ts'
import { http1QuestionHeaders, isWebSocket, pathOf } from './hop-by-hop.ts'
import type { HttpQuestion, HttpReply, HttpVersion } from './message.ts'
import { header } from './message.ts'
import { Pool } from './pool.ts'
import { headerPairs } from './raw-head.ts'
import { speakWebSocket } from './dial-websocket.ts'

// Above this many unread chunks the service is told to wait.
const maxWaiting = 16
const maxHeaderBytes = 1 << 20
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Asks a service over HTTP/1.1, on as many connections as questions are open. */
export function dialHttp1(connect: () => Promise<Duplex>, timeoutMs: number): Peer<HttpQuestion, HttpReply> {
  const pool = new Pool(connect, true)
  const fresh = new Pool(connect, false)
  return (question, signal) => {
    let stop = (): void => {}
    const replies: Channel<HttpReply> = channel({
      drained: () => resume(),
      left: () => stop(),
    })
    let resume = (): void => {}
    if (signal.aborted) {
      replies.end()
      return replies
    }
    const onAbort = (): void => {
      stop()
      replies.end()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const over = (): void => {
      signal.removeEventListener('abort', onAbort)
      replies.end()
    }
    ask(pool)
    return replies

    function ask(agent: Pool): void {
      const call = new Call(question, replies, timeoutMs, over)
      stop = () => call.stop()
      resume = () => call.resume()
      call.start(agent, agent === pool && idempotent.has(question.method) ? () => ask(fresh) : undefined)
    }
  }
}

/** One question on its way, and what comes back. */
class Call {
  readonly #question: HttpQuestion
  readonly #replies: Channel<HttpReply>
  readonly #timeoutMs: number
  readonly #over: () => void
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  #timer: NodeJS.Timeout | undefined
  #stopSpeaking: (() => void) | undefined
  #isOver = false
  #heard = false

  constructor(question: HttpQuestion, replies: Channel<HttpReply>, timeoutMs: number, over: () => void) {
    this.#question = question
    this.#replies = replies
    this.#timeoutMs = timeoutMs
    this.#over = over
  }

  start(agent: Pool, again: (() => void) | undefined): void {
    const { body, trailers } = this.#question
    try {
      const request = httpRequest({
        agent: agent as never,
        method: this.#question.method,
        path: pathOf(this.#question.url),
        headers: http1QuestionHeaders(this.#question),
        setDefaultHeaders: false,
        maxHeaderSize: maxHeaderBytes,
      })
      this.#request = request
      request.maxHeadersCount = 0
      request.on('information', (info) => this.#informational(info.statusCode, info.rawHeaders))
      request.on('response', (response) => this.#head(response))
      if (isWebSocket(this.#question.headers)) {
        request.on('upgrade', (response, socket, head) => this.#upgraded(response, socket, head))
      }
      request.on('error', (error) => {
        if (again && !this.#heard && request.reusedSocket && !this.#isOver && isLost(error)) {
          this.#settle()
          again()
        } else this.#failed(error)
      })
      request.on('close', () => {
        if (!this.#response) this.#failed(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      })
      this.#timer = setTimeout(() => this.#timedOut(), this.#timeoutMs)
      if (trailers.length > 0) request.addTrailers(trailers as [string, string][])
      request.end(body.length > 0 ? body : undefined)
    } catch (error) {
      this.#failed(error)
    }
  }

  stop(): void {
    this.#settle()
    this.#stopSpeaking?.()
    this.#request?.destroy()
  }

  resume(): void {
    if (this.#response?.isPaused()) this.#response.resume()
  }

  #informational(status: number, rawHeaders: readonly string[]): void {
    this.#heardSomething()
    // Between us and the service only: the body was sent without waiting for it, and our client gets its own.
    if (status === 100) return
    this.#replies.push({ type: 'informational', status, headers: headerPairs(rawHeaders) })
  }

  #head(response: IncomingMessage): void {
    this.#heardSomething()
    this.#response = response
    this.#replies.push(headOf(response))
    // Events may be minutes apart; silence there is no failure.
    if (header(headerPairs(response.rawHeaders), 'content-type')?.startsWith('text/event-stream')) this.#noTimeout()
    response.on('data', (bytes: Uint8Array) => {
      this.#heardSomething()
      this.#replies.push({ type: 'data', bytes })
      if (this.#replies.waiting >= maxWaiting) response.pause()
    })
    response.on('end', () => {
      if (this.#isOver) return
      const trailers = headerPairs(response.rawTrailers)
      if (trailers.length > 0) this.#replies.push({ type: 'trailers', headers: trailers })
      this.#settle()
      this.#over()
    })
    response.on('error', (error) => this.#failed(error))
    response.on('close', () => this.#failed(new Error('aborted')))
  }

  #upgraded(response: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#settle()
    this.#replies.push(headOf(response))
    this.#stopSpeaking = speakWebSocket(this.#question, socket, head, this.#replies, this.#over)
  }

  #heardSomething(): void {
    this.#heard = true
    this.#timer?.refresh()
  }

  #noTimeout(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #timedOut(): void {
    // A reader that is slow itself is no reason to blame the service.
    if (this.#response?.isPaused()) return void this.#timer?.refresh()
    this.#fail(timeoutFailure(this.#timeoutMs))
    this.#request?.destroy()
  }

  #failed(error: unknown): void {
    if (this.#isOver) return
    const failure = failureOf(error, this.#response !== undefined)
    const { rawPacket } = error as { rawPacket?: Buffer }
    if (failure.failure === 'malformed' && rawPacket && !this.#response) {
      this.#replies.push({ type: 'data', bytes: rawPacket })
    }
    this.#fail(failure)
  }

  #fail(failure: HttpReply): void {
    if (this.#isOver) return
    this.#settle()
    this.#replies.push(failure)
    this.#over()
  }

  #settle(): void {
    this.#isOver = true
    this.#noTimeout()
  }
}

function isLost(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function headOf(response: IncomingMessage): HttpReply {
  return {
    type: 'head',
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    version: (response.httpVersion === '1.0' ? '1.0' : '1.1') satisfies HttpVersion,
    headers: headerPairs(response.rawHeaders),
  }
}
