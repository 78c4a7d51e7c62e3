import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readyAnswer } from '../../core/peer.ts'
import { ask, cleanup, connectTo, collect, listen, recorder, serveOn } from '../../../test/support/http-wire.ts'
import { createDial } from './dial.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

const closing = cleanup()
afterEach(() => closing.run())

interface Seen {
  readonly headers?: readonly string[]
  readonly informational: readonly (readonly string[])[]
  readonly body: string
  readonly trailers?: readonly string[]
  readonly error?: string
}

function session(port: number): http2.ClientHttp2Session {
  const client = http2.connect(`http://127.0.0.1:${port}`)
  client.on('error', () => {})
  closing.add(() => client.destroy())
  return client
}

function askHttp2(client: http2.ClientHttp2Session, headers: Record<string, string>, body?: Uint8Array): Promise<Seen> {
  return new Promise((resolve) => {
    const stream = client.request(headers, { endStream: body === undefined })
    const informational: string[][] = []
    const chunks: Buffer[] = []
    let head: string[] | undefined
    let trailers: string[] | undefined
    let error: string | undefined
    stream.on('headers', (...args: unknown[]) => informational.push(args[2] as string[]))
    stream.on('response', (...args: unknown[]) => (head = args[2] as string[]))
    stream.on('trailers', (...args: unknown[]) => (trailers = args[2] as string[]))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', (cause: Error) => (error = cause.message))
    stream.on('close', () =>
      resolve({
        informational,
        body: Buffer.concat(chunks).toString('base64'),
        ...(head && { headers: head }),
        ...(trailers && { trailers }),
        ...(error && { error }),
      }),
    )
    if (body) stream.end(body)
  })
}

type Respond = (stream: http2.ServerHttp2Stream) => void
const flat = (...list: string[]): http2.OutgoingHttpHeaders => list as unknown as http2.OutgoingHttpHeaders
const noDate = { sendDate: false } as http2.ServerStreamResponseOptions

const cases: Readonly<Record<string, Respond>> = {
  'a plain body': (s) => (s.respond(flat(':status', '200', 'x-b', '1', 'x-a', '2'), noDate), s.end('hello')),
  'a date and a length': (s) => (s.respond({ ':status': 200, 'content-length': 5 }), s.end('hello')),
  'repeated headers': (s) => (
    s.respond(flat(':status', '200', 'set-cookie', 'a', 'x', '1', 'set-cookie', 'b', 'x', '2'), noDate),
    s.end()
  ),
  'an empty body': (s) => s.respond({ ':status': 200 }, { ...noDate, endStream: true }),
  '204': (s) => s.respond({ ':status': 204 }, noDate),
  '304': (s) => s.respond({ ':status': 304, etag: '"a"' }, noDate),
  HEAD: (s) => s.respond({ ':status': 200, 'content-length': 4711 }, noDate),
  'a big body': (s) => (s.respond({ ':status': 200 }, noDate), s.end(Buffer.alloc(2_000_000, 'mortar '))),
  '103 before the head': (s) => (
    s.additionalHeaders({ ':status': 103, link: '</a>' }),
    s.respond({ ':status': 200 }, noDate),
    s.end('x')
  ),
  trailers: (s) => {
    s.on('wantTrailers', () => s.sendTrailers({ 'grpc-status': '0', 'x-t': 'y' }))
    s.respond({ ':status': 200 }, { ...noDate, waitForTrailers: true })
    s.end('message')
  },
  'a stream reset before the head': (s) => s.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
  'a stream reset after the head': (s) => {
    s.respond({ ':status': 200 }, noDate)
    s.write('partial', () => s.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
  },
}

async function service(respond: Respond): Promise<number> {
  const server = http2.createServer()
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    respond(stream)
  })
  return listen(server as unknown as net.Server, closing)
}

describe('an answer of HTTP/2', () => {
  it.each(Object.keys(cases))('reaches the client as the service sent it: %s', async (name) => {
    const port = await service(cases[name]!)
    const headers = { ':method': name === 'HEAD' ? 'HEAD' : 'GET', ':path': '/a?b=1' }
    const direct = await askHttp2(session(port), headers)
    const tape = recorder(port, closing)

    expect(await askHttp2(session(await serveOn(tape.live, closing)), headers)).toEqual(direct)
    expect(await askHttp2(session(await serveOn(tape.replay, closing)), headers)).toEqual(direct)
    expect(await askHttp2(session(await serveOn(tape.replaySlowly, closing)), headers)).toEqual(direct)
  })

  it('is told to a client of HTTP/1.1 without what only HTTP/2 can say', async () => {
    const tape = recorder(
      await service((s) => (s.respond({ ':status': 200, 'x-a': '1' }, noDate), s.end('hello'))),
      closing,
    )
    await askHttp2(session(await serveOn(tape.live, closing)), { ':path': '/' })
    expect(await ask(await serveOn(tape.replay, closing))).toMatchObject({
      status: 200,
      reason: 'OK',
      headers: ['x-a', '1', 'content-length', '5'],
      body: btoa('hello'),
    })
    expect(await ask(await serveOn(tape.replaySlowly, closing))).toMatchObject({
      headers: ['x-a', '1', 'transfer-encoding', 'chunked'],
      body: btoa('hello'),
    })
  })
})

describe('an answer of HTTP/1.1', () => {
  it('is told to a client of HTTP/2 without what only HTTP/1.1 can say', async () => {
    const server = http.createServer((_request, response) => {
      response.sendDate = false
      response.writeHead(200, { 'X-A': '1', Connection: 'close', 'Transfer-Encoding': 'chunked', Trailer: 'X-T' })
      response.addTrailers({ 'X-T': '2' })
      response.end('hello')
    })
    const tape = recorder(await listen(server, closing), closing)
    await ask(await serveOn(tape.live, closing))
    for (const peer of [tape.replay, tape.replaySlowly]) {
      const seen = await askHttp2(session(await serveOn(peer, closing)), { ':path': '/' })
      expect(seen).toMatchObject({
        headers: [':status', '200', 'x-a', '1', 'trailer', 'X-T'],
        body: btoa('hello'),
        trailers: ['x-t', '2'],
      })
    }
  })
})

describe('a question of HTTP/2', () => {
  it('reaches the service with its header lines in order, its body and its trailers', async () => {
    const seen: unknown[] = []
    const server = http2.createServer()
    server.on('stream', (stream, ...rest: unknown[]) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('trailers', (...args: unknown[]) => seen.push(args[2]))
      stream.on('end', () => {
        seen.push(rest[2], Buffer.concat(chunks).toString())
        stream.respond({ ':status': 200 })
        stream.end()
      })
    })
    const tape = recorder(await listen(server as unknown as net.Server, closing), closing)
    const client = session(await serveOn(tape.live, closing))
    const lines = [':method', 'POST', ':path', '/a//b?c', ':scheme', 'http', ':authority', 'service.test']
    const stream = client.request(flat(...lines, 'x-b', '1', 'x-a', '2', 'x-b', '3', 'te', 'trailers'), {
      waitForTrailers: true,
    })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    stream.end('body')
    stream.resume()
    await new Promise((resolve) => stream.on('close', resolve))
    expect(seen).toEqual([
      ['x-sum', '7'],
      expect.arrayContaining([
        ':method',
        'POST',
        ':path',
        '/a//b?c',
        'x-b',
        '1',
        'x-a',
        '2',
        'x-b',
        '3',
        'te',
        'trailers',
      ]),
      'body',
    ])
    expect(tape.questions[0]).toMatchObject({ method: 'POST', version: '2', trailers: [['x-sum', '7']] })
  })

  it('shares one connection to the service with others, and opens a new one when that is gone', async () => {
    let connections = 0
    const server = http2.createServer()
    server.on('session', () => connections++)
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
    const connect = connectTo(await listen(server as unknown as net.Server, closing), closing)
    const peer = createDial(5000)(connect)
    const question: HttpQuestion = {
      method: 'GET',
      url: 'http://service.test/',
      version: '2',
      headers: [],
      body: new Uint8Array(),
      trailers: [],
    }
    const all = (): Promise<HttpReply[][]> =>
      Promise.all(Array.from({ length: 20 }, () => collect(peer(question, new AbortController().signal))))
    for (const replies of await all()) expect(replies.map((reply) => reply.type)).toEqual(['head', 'data'])
    expect(connections).toBe(1)
    connect.opened[0]!.destroy()
    for (const replies of await all()) expect(replies.map((reply) => reply.type)).toEqual(['head', 'data'])
    expect(connections).toBe(2)
  })

  it('is aborted when its client resets the stream, and others go on', async () => {
    const aborted = Promise.withResolvers<void>()
    const port = await serveOn((question, signal) => {
      if (question.url.endsWith('/ok'))
        return readyAnswer<HttpReply>([{ type: 'head', status: 200, reason: '', version: '2', headers: [] }])
      return (async function* (): AsyncGenerator<HttpReply> {
        yield { type: 'head', status: 200, reason: '', version: '2', headers: [] }
        signal.addEventListener('abort', () => aborted.resolve())
        await aborted.promise
      })()
    }, closing)
    const client = session(port)
    const stream = client.request({ ':path': '/slow' })
    await new Promise((resolve) => stream.on('response', resolve))
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await aborted.promise
    expect(await askHttp2(client, { ':path': '/ok' })).toMatchObject({ headers: [':status', '200'] })
  })
})
