import { constants, type ServerHttp2Stream } from 'node:http2'
import type { FailureReply } from './failures.ts'
import { type BodyShape, type HeadReply, http2Headers, isBodiless } from './hop-by-hop.ts'
import { http2Block, http2Object } from './http2-headers.ts'
import type { HeaderList, HttpQuestion, HttpReply } from './message.ts'
import type { ReplyWriter } from './reply-writer.ts'

/** Writes an answer to one stream of HTTP/2; what fails, fails this stream and leaves the others alone. */
export class Http2Writer implements ReplyWriter {
  hasHead = false
  readonly #stream: ServerHttp2Stream
  readonly #question: HttpQuestion
  #bodiless = false
  #ended = false
  #trailers: HeaderList = []

  constructor(stream: ServerHttp2Stream, question: HttpQuestion) {
    this.#stream = stream
    this.#question = question
  }

  informational(status: number, headers: HeaderList): void {
    // 101 has no meaning here: a connection is never switched.
    if (status === 101) return
    this.#stream.additionalHeaders(http2Object([[':status', String(status)], ...http2Headers(headers)]))
  }

  head(reply: HeadReply, body: BodyShape): void {
    this.#bodiless = isBodiless(this.#question.method, reply.status)
    const headers = http2Headers(reply.headers)
    if (!this.#bodiless && body.length !== undefined) {
      for (const line of headers) if (line[0] === 'content-length') line[1] = String(body.length)
    }
    const waitForTrailers = !this.#bodiless && (body.length === undefined || body.hasTrailers === true)
    if (waitForTrailers) this.#stream.on('wantTrailers', () => this.#stream.sendTrailers(http2Object(this.#trailers)))
    this.hasHead = true
    const options = { sendDate: false, waitForTrailers, endStream: this.#bodiless }
    this.#stream.respond(http2Block([[':status', String(reply.status)], ...headers]), options)
  }

  data(bytes: Uint8Array): boolean {
    return this.#bodiless || !this.hasHead || this.#stream.write(bytes)
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done).off('close', done)
        resolve()
      }
      this.#stream.on('drain', done).on('close', done)
      if (this.#stream.closed || !this.#stream.writableNeedDrain) done()
    })
  }

  frame(_reply: Extract<HttpReply, { type: 'frame' }>): boolean {
    return true
  }

  trailers(headers: HeaderList): void {
    this.#trailers = http2Headers(headers)
  }

  end(last?: Uint8Array): void {
    if (!this.hasHead) return this.destroy()
    this.#ended = true
    if (last === undefined || this.#bodiless) this.#stream.end()
    else this.#stream.end(last)
  }

  fail(reply: FailureReply): void {
    const stream = this.#stream
    if (reply.failure === 'timeout') return
    if (this.hasHead && stream.writable) {
      // Reset only after what there was has left.
      stream.write(Buffer.alloc(0), () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    } else this.destroy()
  }

  destroy(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  onGone(gone: () => void): void {
    this.#stream.once('close', () => {
      if (!this.#ended) gone()
    })
  }
}
