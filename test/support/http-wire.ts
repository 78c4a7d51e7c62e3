import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { type Peer, readyAnswer } from '../../src/core/peer.ts'
import type { Connect } from '../../src/core/protocol.ts'
import { createDial } from '../../src/protocols/http/dial.ts'
import type { HttpQuestion, HttpReply } from '../../src/protocols/http/message.ts'
import { createServe } from '../../src/protocols/http/serve.ts'

/** Collects what must be closed when a test ends. */
export interface Cleanup {
  add(close: () => unknown): void
  run(): Promise<void>
}

/** An empty {@link Cleanup}. */
export function cleanup(): Cleanup {
  const closers: (() => unknown)[] = []
  return {
    add: (close) => void closers.push(close),
    async run() {
      for (const close of closers.splice(0).toReversed()) await close()
    },
  }
}

/** Listens on a free port of the loopback; returns the port. */
export async function listen(server: net.Server, closing: Cleanup): Promise<number> {
  const open = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.add(() => {
    for (const socket of open) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as net.AddressInfo).port
}

/** Connections to a port of the loopback, and all sockets opened so far. */
export function connectTo(port: number, closing: Cleanup): Connect & { readonly opened: Duplex[] } {
  const opened: Duplex[] = []
  const connect = async (): Promise<Duplex> => {
    const socket = net.connect(port, '127.0.0.1')
    opened.push(socket)
    closing.add(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return Object.assign(connect, { opened })
}

/** Serves `peer` on a free port and returns the port. */
export async function serveOn(peer: Peer<HttpQuestion, HttpReply>, closing: Cleanup): Promise<number> {
  const serve = createServe()
  const server = net.createServer({ noDelay: true }, (socket) => {
    const { port } = server.address() as net.AddressInfo
    void serve(socket, peer, { origin: `http://127.0.0.1:${port}`, signal: new AbortController().signal })
  })
  return listen(server, closing)
}

/** All replies of an answer. */
export async function collect<R>(answer: AsyncIterable<R>): Promise<R[]> {
  const replies: R[] = []
  for await (const reply of answer) replies.push(reply)
  return replies
}

/** A peer that asks the service on `port` and keeps what it asked and was told; `replay` answers the same again. */
export function recorder(
  port: number,
  closing: Cleanup,
): {
  readonly questions: HttpQuestion[]
  readonly answers: HttpReply[][]
  readonly live: Peer<HttpQuestion, HttpReply>
  readonly replay: Peer<HttpQuestion, HttpReply>
  readonly replaySlowly: Peer<HttpQuestion, HttpReply>
} {
  const questions: HttpQuestion[] = []
  const answers: HttpReply[][] = []
  const dialled = createDial(5000)(connectTo(port, closing))
  return {
    questions,
    answers,
    async *live(question, signal) {
      const replies: HttpReply[] = []
      questions.push(question)
      answers.push(replies)
      for await (const reply of dialled(question, signal)) {
        replies.push(reply)
        yield reply
      }
    },
    replay: () => readyAnswer(answers.at(-1)!),
    async *replaySlowly() {
      for (const reply of answers.at(-1)!) {
        await new Promise(setImmediate)
        yield reply
      }
    },
  }
}

/** What a client of node's `http` sees of an answer, to the byte. */
export interface Seen {
  readonly status?: number
  readonly reason?: string
  readonly headers?: readonly string[]
  readonly informational: readonly { status: number; headers: readonly string[] }[]
  readonly body: string
  readonly trailers?: readonly string[]
  readonly error?: string
}

/** Asks with node's `http`; the body is base64. */
export function ask(port: number, options: http.RequestOptions = {}, body?: Uint8Array): Promise<Seen> {
  return new Promise((resolve) => {
    const informational: { status: number; headers: readonly string[] }[] = []
    const request = http.request({ host: '127.0.0.1', port, agent: false, ...options })
    request.on('information', (info) => informational.push({ status: info.statusCode, headers: info.rawHeaders }))
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ informational, body: '', error: error.code ?? error.message }),
    )
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      const done = (error?: string): void =>
        resolve({
          status: response.statusCode!,
          reason: response.statusMessage!,
          headers: response.rawHeaders,
          informational,
          body: Buffer.concat(chunks).toString('base64'),
          trailers: response.rawTrailers,
          ...(error && { error }),
        })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => done())
      response.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    })
    request.end(body)
  })
}
