import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanup, collect, connectTo, listen } from '../../../test/support/http-wire.ts'
import { createDial } from './dial.ts'
import type { HttpQuestion, HttpReply } from './message.ts'

const closing = cleanup()
afterEach(() => closing.run())

const never = new AbortController().signal
const question = (path: string, more: Partial<HttpQuestion> = {}): HttpQuestion => ({
  method: 'GET',
  url: `http://service.test${path}`,
  version: '1.1',
  headers: [['Host', 'service.test']],
  body: new Uint8Array(),
  trailers: [],
  ...more,
})
const text = (replies: readonly HttpReply[]): string =>
  replies.map((reply) => (reply.type === 'data' ? Buffer.from(reply.bytes).toString() : '')).join('')

describe('asking a service over HTTP', () => {
  it.each([
    ['ENOTFOUND', 'unresolved'],
    ['EAI_AGAIN', 'unresolved'],
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['ECONNRESET', 'reset'],
  ])('tells in the answer that there was no connection: %s', async (code, failure) => {
    const dial = createDial(5000)(() => Promise.reject(Object.assign(new Error(`it was ${code}`), { code })))
    for (const version of ['1.1', '2'] as const) {
      expect(await collect(dial(question('/', { version }), never))).toEqual([
        { type: 'failure', failure, message: `it was ${code}` },
      ])
    }
  })

  it('tells in the answer that the service is silent, before its answer and in the middle of it', async () => {
    const server = net.createServer((socket) => {
      socket.once('data', (request) => {
        if (String(request).includes('/half')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
      })
    })
    const peer = createDial(300)(connectTo(await listen(server, closing), closing))
    const silence = { type: 'failure', failure: 'timeout', message: 'no byte from the service for 300 ms' }
    expect(await collect(peer(question('/'), never))).toEqual([silence])
    expect(await collect(peer(question('/half'), never))).toMatchObject([{ type: 'head' }, { type: 'data' }, silence])
  })

  it('waits for ever for the next event of a stream, until the reader leaves', async () => {
    const left = Promise.withResolvers<void>()
    let send: (text: string) => void = () => {}
    const server = http.createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      send = (line) => void response.write(line)
      request.on('close', () => left.resolve())
    })
    const peer = createDial(300)(connectTo(await listen(server, closing), closing))
    const types: string[] = []
    for await (const reply of peer(question('/'), never)) {
      types.push(reply.type)
      // Longer than the service may take for a byte of any other answer.
      if (types.length === 1) setTimeout(() => send('data: 1\n\n'), 400)
      if (types.length === 2) send('data: 2\n\n')
      if (types.length === 3) break
    }
    expect(types).toEqual(['head', 'data', 'data'])
    await left.promise
  })

  it('ends the answer and the request when it is aborted', async () => {
    const left = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const server = http.createServer((request) => {
      arrived.resolve()
      request.on('close', () => left.resolve())
    })
    const peer = createDial(5000)(connectTo(await listen(server, closing), closing))
    const stop = new AbortController()
    const answer = collect(peer(question('/'), stop.signal))
    await arrived.promise
    stop.abort()
    expect(await answer).toEqual([])
    await left.promise
    expect(await collect(peer(question('/'), stop.signal))).toEqual([])
  })

  it('uses a connection again, and as many as there are questions at once', async () => {
    let open = 0
    const waiting: (() => void)[] = []
    const server = http.createServer((request, response) => {
      if (request.url !== '/wait') return void response.end('at once')
      waiting.push(() => response.end('waited'))
      if (waiting.length === 10) for (const go of waiting) go()
      return undefined
    })
    server.on('connection', () => open++)
    const peer = createDial(5000)(connectTo(await listen(server, closing), closing))
    for (let i = 0; i < 5; i++) expect(text(await collect(peer(question('/'), never)))).toBe('at once')
    expect(open).toBe(1)
    const answers = await Promise.all(Array.from({ length: 10 }, () => collect(peer(question('/wait'), never))))
    expect(answers.map(text)).toEqual(Array(10).fill('waited'))
    expect(open).toBe(10)
  })

  it('asks again what may be asked twice when an idle connection turns out to be gone, and nothing else', async () => {
    const server = net.createServer((socket) => {
      let asked = 0
      socket.on('data', () => {
        if (asked++ > 0) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const peer = createDial(5000)(connectTo(await listen(server, closing), closing))
    expect(text(await collect(peer(question('/'), never)))).toBe('ok')
    expect(text(await collect(peer(question('/'), never)))).toBe('ok')
    expect(text(await collect(peer(question('/'), never)))).toBe('ok')
    const post = question('/', { method: 'POST', body: Buffer.from('pay') })
    expect(await collect(peer(post, never))).toMatchObject([{ type: 'failure', failure: 'reset' }])
  })

  it('makes the service wait for a slow reader, and loses nothing', async () => {
    // More than the system keeps in its own buffers.
    const size = 40_000_000
    let written = 0
    const server = http.createServer((_request, response) => {
      const chunk = Buffer.alloc(64_000, 'mortar ')
      const fill = (): void => {
        while (written < size) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', fill)
        }
        response.end()
      }
      fill()
    })
    const peer = createDial(5000)(connectTo(await listen(server, closing), closing))
    let received = 0
    let behind = 0
    for await (const reply of peer(question('/'), never)) {
      if (reply.type !== 'data') continue
      await new Promise((resolve) => setImmediate(resolve))
      received += reply.bytes.length
      behind = Math.max(behind, written - received)
    }
    expect(received).toBe(written)
    expect(behind).toBeLessThan(size / 2)
  })

  it('writes a question of HTTP/2 for a service that has only HTTP/1.1', async () => {
    const server = net.createServer((socket) => {
      socket.on('data', (bytes) => {
        const head = String(bytes)
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`)
      })
    })
    const connect = connectTo(await listen(server, closing), closing)
    const peer = createDial(5000)(async () => Object.assign(await connect(), { alpnProtocol: false }))
    const headers = [
      ['x-a', '1'],
      ['te', 'trailers'],
    ] as const
    const asked = question('/a', { version: '2', headers, method: 'POST', body: Buffer.from('{}') })
    for (let i = 0; i < 2; i++) {
      expect(text(await collect(peer(asked, never)))).toBe(
        'POST /a HTTP/1.1\r\nHost: service.test\r\nx-a: 1\r\nte: trailers\r\ncontent-length: 2\r\n\r\n{}',
      )
    }
    expect(connect.opened).toHaveLength(1)
  })

  it('speaks HTTP/2 where that was negotiated', async () => {
    const server = http2.createServer((request, response) => response.end(`${request.httpVersion} ${request.url}`))
    const connect = connectTo(await listen(server as unknown as net.Server, closing), closing)
    const peer = createDial(5000)(async () => Object.assign(await connect(), { alpnProtocol: 'h2' }))
    const asked = question('/a', { version: '2', url: 'https://service.test/a' })
    expect(text(await collect(peer(asked, never)))).toBe('2.0 /a')
  })

  it('gives back what came instead of HTTP/2', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const peer = createDial(5000)(connectTo(await listen(server, closing), closing))
    const [failure] = await collect(peer(question('/', { version: '2' }), never))
    expect(failure).toMatchObject({ type: 'failure', failure: 'malformed' })
  })
})
