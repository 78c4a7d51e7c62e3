import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { channel } from '../../core/channel.ts'
import { answer, type Serving } from './answer.ts'
import type { FailureReply } from './failures.ts'
import { readFrames } from './frame-stream.ts'
import { encodeFrame, type Frame } from './frames.ts'
import { type BodyShape, type HeadReply, isWebSocket } from './hop-by-hop.ts'
import { Http1Writer } from './http1-writer.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from './message.ts'
import { nodeHttp } from './node-http.ts'
import { rawHead } from './raw-head.ts'
import type { ReplyWriter } from './reply-writer.ts'
import { resetConnection } from './reset.ts'

/** Answers a request to speak WebSocket: the client's frames are the question's `incoming`. */
export function serveWebSocket(serving: Serving, asked: HttpQuestion, request: IncomingMessage, head: Buffer): void {
  const { client } = serving
  // Before Node 24.9 every offer to switch comes here; those for anything else are answered as if not made.
  if (!isWebSocket(asked.headers)) return answer(serving, asked, new WebSocketWriter(client, asked, request))
  const incoming = channel<HttpReply>({ drained: () => resume() })
  const resume = readFrames(client, head, {
    frame: (frame) => incoming.push(frame),
    end: () => incoming.end(),
    fail(error) {
      incoming.end()
      client.destroy(error)
    },
    get waiting() {
      return incoming.waiting
    },
  })
  const question = { ...asked, incoming }
  return answer(serving, question, new WebSocketWriter(client, question, request))
}

/** Writes `101` and frames; any other answer is written as HTTP, and ends the connection. */
class WebSocketWriter implements ReplyWriter {
  hasHead = false
  readonly #client: Duplex
  readonly #question: HttpQuestion
  readonly #request: IncomingMessage
  #ended = false
  #plain: Http1Writer | undefined

  constructor(client: Duplex, question: HttpQuestion, request: IncomingMessage) {
    this.#client = client
    this.#question = question
    this.#request = request
  }

  informational(status: number, headers: HeaderList): void {
    this.#client.write(rawHead(status, '', headers), 'latin1')
  }

  head(reply: HeadReply, body: BodyShape): void {
    this.hasHead = true
    if (reply.status !== 101) return this.#http().head(reply, body)
    const key = header(this.#question.headers, 'sec-websocket-key') ?? ''
    const headers = reply.headers
      .filter(([name]) => name.toLowerCase() !== 'sec-websocket-extensions')
      .map(([name, value]) => [name, name.toLowerCase() === 'sec-websocket-accept' ? acceptOf(key) : value] as const)
    this.#client.write(rawHead(101, reply.reason, headers), 'latin1')
    return undefined
  }

  data(bytes: Uint8Array): boolean {
    return this.#http().data(bytes)
  }

  drained(): Promise<void> {
    if (this.#plain) return this.#plain.drained()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#client.off('drain', done).off('close', done)
        resolve()
      }
      this.#client.on('drain', done).on('close', done)
      if (this.#client.destroyed || !this.#client.writableNeedDrain) done()
    })
  }

  frame(frame: Frame): boolean {
    return this.#client.destroyed || this.#client.write(encodeFrame(frame, false))
  }

  trailers(headers: HeaderList): void {
    this.#plain?.trailers(headers)
  }

  end(last?: Uint8Array): void {
    this.#ended = true
    this.#plain?.end(last)
    if (!this.#plain) this.#client.end()
  }

  fail(reply: FailureReply): void {
    this.#ended = true
    if (this.#plain) this.#plain.fail(reply)
    else if (reply.failure !== 'timeout') resetConnection(this.#client)
  }

  destroy(error?: Error): void {
    this.#client.destroy(error)
  }

  onGone(gone: () => void): void {
    this.#client.once('close', () => {
      if (!this.#ended) gone()
    })
  }

  #http(): Http1Writer {
    if (this.#plain) return this.#plain
    const response = new nodeHttp.ServerResponse(this.#request)
    response.shouldKeepAlive = false
    response.assignSocket(this.#client as never)
    response.on('finish', () => this.#client.end())
    this.#plain = new Http1Writer(response, this.#question, this.#client)
    return this.#plain
  }
}

// RFC 6455 section 1.3: the answer must be to the key of this very request, which differs from the recorded one.
const accepted = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + accepted)
    .digest('base64')
}
