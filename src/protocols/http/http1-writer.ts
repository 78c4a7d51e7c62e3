import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { realSetImmediate } from '../../core/real-clock.ts'
import type { FailureReply } from './failures.ts'
import { type BodyShape, type HeadReply, http1ReplyHeaders, isBodiless } from './hop-by-hop.ts'
import type { HeaderList, HttpQuestion, HttpReply } from './message.ts'
import { nodeHttp } from './node-http.ts'
import { rawHead } from './raw-head.ts'
import type { ReplyWriter } from './reply-writer.ts'
import { resetConnection } from './reset.ts'

const nothing = Buffer.alloc(0)
const maxText = 16_384

/** Writes an answer through node's own `ServerResponse`, with nothing added to what the service sent. */
export class Http1Writer implements ReplyWriter {
  hasHead = false
  readonly #response: ServerResponse
  readonly #question: HttpQuestion
  readonly #client: Duplex
  #bodiless = false
  #early: Uint8Array[] | undefined
  #gathers = false

  constructor(response: ServerResponse, question: HttpQuestion, client: Duplex) {
    this.#response = response
    this.#question = question
    this.#client = client
    // Said to be removed, so that node does not add them where the service did not send them.
    response.sendDate = false
    response.removeHeader('connection')
    response.removeHeader('content-length')
    response.removeHeader('transfer-encoding')
  }

  informational(status: number, headers: HeaderList): void {
    if (this.#question.version === '1.0') return
    // The only way to send any 1xx with its header lines as they were, in its turn among pipelined answers.
    const raw = this.#response as unknown as { _writeRaw(text: string, encoding: string): void }
    raw._writeRaw(rawHead(status, '', headers), 'latin1')
  }

  head(reply: HeadReply, body: BodyShape): void {
    const headers = http1ReplyHeaders(this.#question, reply, body)
    this.#bodiless = isBodiless(this.#question.method, reply.status)
    // HTTP/2 has no reasons; one that HTTP/1.1 left empty stays so.
    const reason = reply.version === '2' ? (nodeHttp.STATUS_CODES[reply.status] ?? '') : reply.reason
    this.#response.writeHead(reply.status, reason, headers)
    this.hasHead = true
    if (body.length !== undefined) return
    this.#gather()
    // Not `flushHeaders`, which would write them as UTF-8.
    this.#response.write(nothing)
  }

  data(bytes: Uint8Array): boolean {
    if (this.hasHead) return this.#bodiless || this.#response.write(bytes)
    // No head ever came: what a service sent instead of HTTP, kept to be sent again as it was.
    this.#early ??= []
    this.#early.push(bytes)
    return true
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done).off('close', done)
        resolve()
      }
      this.#response.on('drain', done).on('close', done)
      if (this.#response.destroyed || !this.#response.writableNeedDrain) done()
    })
  }

  frame(_reply: Extract<HttpReply, { type: 'frame' }>): boolean {
    return true
  }

  trailers(headers: HeaderList): void {
    this.#response.addTrailers(headers as [string, string][])
  }

  end(last?: Uint8Array): void {
    if (!this.hasHead) return this.destroy()
    if (last === undefined || this.#bodiless) this.#response.end()
    else if (last.length > maxText) this.#response.end(last)
    else {
      // As text it is joined to the head and leaves in one write; a buffer beside it would be gathered by the system.
      const { buffer, byteOffset, length } = last
      this.#response.end(Buffer.from(buffer, byteOffset, length).toString('latin1'), 'latin1')
    }
  }

  fail(reply: FailureReply): void {
    this.#letGo()
    const client = this.#client
    switch (reply.failure) {
      case 'timeout':
        return
      case 'truncated':
        // A clean end before the body's: the client gets what there is, and sees that it is not all.
        client.end(() => client.destroy())
        return
      case 'malformed':
        if (this.#early) client.write(Buffer.concat(this.#early))
        else if (this.hasHead) client.write('malformed\r\n')
        client.end(() => client.destroy())
        return
      case 'reset':
        // A service that hung up said goodbye; clients can tell that from a reset.
        if (reply.message.includes('ECONNRESET')) resetConnection(client)
        else client.end(() => client.destroy())
        return
      default:
        this.destroy()
    }
  }

  destroy(): void {
    this.#letGo()
    this.#client.destroy()
  }

  onGone(gone: () => void): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) gone()
    })
  }

  /** What comes in the same turn leaves with the head: over TLS, each write is a record and a system call. */
  #gather(): void {
    this.#gathers = true
    this.#client.cork()
    realSetImmediate(() => this.#letGo())
  }

  #letGo(): void {
    if (!this.#gathers) return
    this.#gathers = false
    this.#client.uncork()
  }
}
