import http from 'node:http'
import net from 'node:net'
import zlib from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, cleanup, listen, recorder, serveOn } from '../../../test/support/http-wire.ts'

const closing = cleanup()
afterEach(() => closing.run())

const text = Buffer.from('{"hello":"wörld"}'.repeat(40))
const raw = (head: string, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from(head, 'latin1'), body])
const chunked = (...chunks: Uint8Array[]): Buffer =>
  Buffer.concat(
    [...chunks, Buffer.alloc(0)].flatMap((c) => [Buffer.from(`${c.length.toString(16)}\r\n`), c, Buffer.from('\r\n')]),
  )
const sized = (body: Uint8Array, more = ''): Buffer =>
  raw(`HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n`, body)

/** A service that sends these very bytes; `close` ends the connection after them, `reset` kills it. */
interface Case {
  readonly name: string
  readonly bytes: Buffer
  readonly method?: string
  readonly after?: 'close' | 'reset'
}

const big = Buffer.alloc(3_000_000, 'mortar ')
const cases: readonly Case[] = [
  { name: 'a plain body', bytes: sized(text, 'X-Case: kept\r\n') },
  { name: 'gzip', bytes: sized(zlib.gzipSync(text), 'Content-Encoding: gzip\r\n') },
  { name: 'br', bytes: sized(zlib.brotliCompressSync(text), 'Content-Encoding: br\r\n') },
  { name: 'deflate', bytes: sized(zlib.deflateSync(text), 'Content-Encoding: deflate\r\n') },
  { name: 'zstd', bytes: sized(zlib.zstdCompressSync(text), 'Content-Encoding: zstd\r\n') },
  {
    name: 'repeated headers',
    bytes: sized(text, 'Set-Cookie: a=1\r\nset-cookie: b=2\r\nX-A: 1\r\nx-a: 2\r\nVia:\r\n'),
  },
  { name: 'latin1 header values', bytes: sized(text, 'X-Name: caf\u00e9\r\n') },
  { name: 'another reason', bytes: raw('HTTP/1.1 299 Quite Fine\r\nContent-Length: 2\r\n\r\n', Buffer.from('ok')) },
  { name: 'no reason', bytes: raw('HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n', Buffer.from('ok')) },
  {
    name: 'a date and keep-alive',
    bytes: sized(text, 'Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\n'),
  },
  {
    name: 'chunks',
    bytes: raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', chunked(text, text.subarray(3))),
  },
  {
    name: 'trailers',
    bytes: raw(
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n',
      Buffer.from('2\r\nok\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n'),
    ),
  },
  {
    name: '103 before the head',
    bytes: raw(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-B: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ),
  },
  { name: 'HEAD with a length', method: 'HEAD', bytes: raw('HTTP/1.1 200 OK\r\nContent-Length: 4711\r\n\r\n') },
  { name: 'HEAD with chunks', method: 'HEAD', bytes: raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n') },
  { name: '204', bytes: raw('HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n') },
  { name: '304 with a length', bytes: raw('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 9\r\n\r\n') },
  { name: 'an empty body', bytes: sized(Buffer.alloc(0)) },
  { name: 'a big body', bytes: sized(big) },
  {
    name: 'a body until the connection ends',
    after: 'close',
    bytes: raw('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', text),
  },
  { name: 'HTTP/1.0', after: 'close', bytes: raw('HTTP/1.0 200 OK\r\nServer: old\r\n\r\n', text) },
  { name: 'a body cut short', after: 'close', bytes: raw('HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n', text) },
  {
    name: 'chunks cut short',
    after: 'close',
    bytes: raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  },
  { name: 'a reset instead of an answer', after: 'reset', bytes: Buffer.alloc(0) },
  { name: 'no answer at all', after: 'close', bytes: Buffer.alloc(0) },
  { name: 'something that is not HTTP', after: 'close', bytes: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n') },
  { name: 'a malformed header', bytes: raw('HTTP/1.1 200 OK\r\nBad\u0001Name: 1\r\nContent-Length: 2\r\n\r\nok') },
]

describe('an answer of HTTP/1.1', () => {
  it.each(cases)('reaches the client as the service sent it: $name', async ({ bytes, method = 'GET', after }) => {
    const service = net.createServer((socket) => {
      socket.once('data', () => {
        if (after === 'reset') socket.resetAndDestroy()
        else if (after === 'close') socket.end(bytes)
        else socket.write(bytes)
      })
    })
    const port = await listen(service, closing)
    const options = { method, path: '/a?b=1' }
    const direct = await ask(port, options)
    const tape = recorder(port, closing)

    expect(await ask(await serveOn(tape.live, closing), options)).toEqual(direct)
    expect(await ask(await serveOn(tape.replay, closing), options)).toEqual(direct)
    expect(await ask(await serveOn(tape.replaySlowly, closing), options)).toEqual(direct)
  })
})

describe('fetch', () => {
  it.each(['identity', 'gzip', 'br', 'deflate', 'zstd'])(
    'reads a replayed body that is encoded as %s',
    async (encoding) => {
      const encode: Record<string, (bytes: Uint8Array) => Uint8Array> = {
        gzip: zlib.gzipSync,
        br: zlib.brotliCompressSync,
        deflate: zlib.deflateSync,
        zstd: zlib.zstdCompressSync,
      }
      const server = http.createServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding, 'set-cookie': ['a=1', 'b=2'] })
        response.end(encode[encoding]?.(text) ?? text)
      })
      const tape = recorder(await listen(server, closing), closing)
      const seen = async (port: number): Promise<unknown> => {
        const response = await fetch(`http://127.0.0.1:${port}/`)
        return [await response.text(), [...response.headers], response.statusText]
      }
      const live = await seen(await serveOn(tape.live, closing))
      expect(live).toMatchObject([text.toString(), expect.arrayContaining([['set-cookie', 'b=2']]), 'OK'])
      expect(await seen(await serveOn(tape.replay, closing))).toEqual(live)
    },
  )
})

describe('a question of HTTP/1.1', () => {
  it('reaches the service as the client sent it', async () => {
    const received: Buffer[] = []
    const service = net.createServer((socket) => {
      socket.on('data', (chunk) => {
        received.push(chunk)
        if (Buffer.concat(received).toString('latin1').endsWith('ok')) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      })
    })
    const tape = recorder(await listen(service, closing), closing)
    const sent =
      'POST /a//b/../c?x=%41&x=2 HTTP/1.1\r\nHost: example.test\r\nX-B: 1\r\nx-a: caf\u00e9\r\nX-A: 2\r\nContent-Length: 4\r\n\r\n{}ok'
    const client = net.connect(await serveOn(tape.live, closing), '127.0.0.1')
    closing.add(() => client.destroy())
    client.write(Buffer.from(sent, 'latin1'))
    await new Promise((resolve) => client.once('data', resolve))
    expect(Buffer.concat(received).toString('latin1')).toBe(sent)
    expect(tape.questions[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a\/\/b\/\.\.\/c\?x=%41&x=2$/)
  })

  it('may announce its body first, and carries chunks and trailers', async () => {
    const service = http.createServer((request, response) => {
      request.setEncoding('utf8')
      let body = ''
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => response.end(JSON.stringify([body, request.rawTrailers])))
    })
    const tape = recorder(await listen(service, closing), closing)
    const port = await serveOn(tape.live, closing)
    const headers = { expect: '100-continue', trailer: 'X-Sum', 'transfer-encoding': 'chunked' }
    const request = http.request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false })
    request.on('continue', () => {
      request.write('one ')
      request.addTrailers({ 'X-Sum': '7' })
      request.end('two')
    })
    request.flushHeaders()
    const response = await new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve))
    const chunks = await response.toArray()
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(['one two', ['X-Sum', '7']])
    expect(tape.questions[0]?.trailers).toEqual([['X-Sum', '7']])
    expect(tape.answers[0]?.map((reply) => reply.type)).toEqual(['head', 'data'])
  })
})
