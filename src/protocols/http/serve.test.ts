import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, cleanup, serveOn } from '../../../test/support/http-wire.ts'
import { asker, failClient } from '../../core/asker.ts'
import { MortarError } from '../../core/errors.ts'
import { type Peer, readyAnswer } from '../../core/peer.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { createServe } from './serve.ts'

const closing = cleanup()
afterEach(() => closing.run())

type HttpPeer = Peer<HttpQuestion, HttpReply>
const never = new AbortController().signal

const ok = (text: string): readonly HttpReply[] => [
  { type: 'head', status: 200, reason: 'OK', version: '1.1', headers: [['Content-Length', String(text.length)]] },
  { type: 'data', bytes: Buffer.from(text) },
]

/** Sends bytes to a server and gives all that comes back until the connection ends, or `until` has come. */
async function exchange(port: number, bytes: string, until?: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  closing.add(() => socket.destroy())
  socket.on('error', () => {})
  socket.write(bytes)
  let heard = ''
  for await (const chunk of socket) {
    heard += (chunk as Buffer).toString('latin1')
    if (until !== undefined && heard.includes(until)) break
  }
  return heard
}

describe('serving HTTP', () => {
  it('asks for whole URLs: the path at the place, or the one that a proxy is asked for', async () => {
    const urls: string[] = []
    const serve = createServe()
    for (const line of ['GET /a?b HTTP/1.1', 'GET http://other.test/c HTTP/1.1', 'OPTIONS * HTTP/1.1']) {
      const [client, service] = duplexPair()
      const peer: HttpPeer = (question) => {
        urls.push(question.url)
        return readyAnswer(ok('x'))
      }
      void serve(service, peer, { origin: 'https://api.test', signal: never })
      client.write(`${line}\r\nHost: h\r\n\r\n`)
      await once(client, 'data')
      client.destroy()
    }
    expect(urls).toEqual(['https://api.test/a?b', 'http://other.test/c', 'https://api.test/*'])
  })

  it('answers pipelined requests in their order, although a later one is ready first', async () => {
    const port = await serveOn(async function* (question) {
      if (question.url.endsWith('/slow')) await new Promise((resolve) => setImmediate(resolve))
      yield* ok(question.url.slice(-4))
    }, closing)
    const heard = await exchange(
      port,
      'GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET /fast HTTP/1.1\r\nHost: h\r\n\r\n',
      'fast',
    )
    expect(heard).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslowHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfast',
    )
  })

  it('ignores an offer to switch to HTTP/2 and answers', async () => {
    const port = await serveOn(() => readyAnswer(ok('plain')), closing)
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
    expect(await exchange(port, `GET / HTTP/1.1\r\nHost: h\r\n${offer}\r\n`, 'plain')).toContain('200 OK')
  })

  it('ends a body of unknown length for a client of HTTP/1.0 by ending the connection', async () => {
    const port = await serveOn(async function* () {
      yield { type: 'head', status: 200, reason: 'OK', version: '1.1', headers: [['Transfer-Encoding', 'chunked']] }
      yield { type: 'data', bytes: Buffer.from('one ') }
      yield { type: 'data', bytes: Buffer.from('two') }
    }, closing)
    expect(await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).toBe('HTTP/1.1 200 OK\r\n\r\none two')
  })

  it('tells the length that a body really has', async () => {
    const wrong: HttpReply[] = [
      { type: 'head', status: 200, reason: 'OK', version: '1.1', headers: [['content-length', '99']] },
      { type: 'data', bytes: Buffer.from('{{token}}') },
    ]
    expect(await ask(await serveOn(() => readyAnswer(wrong), closing))).toMatchObject({
      headers: ['content-length', '9'],
    })
  })

  it('says no with a code and an explanation', async () => {
    const miss = new MortarError('MORTAR_MISS', 'nothing recorded for GET /x')
    const peers: HttpPeer[] = [
      () => {
        throw miss
      },
      // oxlint-disable-next-line require-yield
      async function* () {
        throw miss
      },
    ]
    for (const peer of peers) {
      const seen = await ask(await serveOn(peer, closing))
      expect(seen).toMatchObject({ status: 501, reason: 'Not Implemented' })
      expect(seen.headers).toEqual(expect.arrayContaining(['x-mortar-error', 'MORTAR_MISS']))
      expect(atob(seen.body)).toContain('MORTAR_MISS  nothing recorded for GET /x')
    }
  })

  it('aborts the question when its client leaves, and only then', async () => {
    const aborted = Promise.withResolvers<void>()
    const signals: AbortSignal[] = []
    const port = await serveOn(async function* (_question, signal) {
      signals.push(signal)
      yield {
        type: 'head',
        status: 200,
        reason: 'OK',
        version: '1.1',
        headers: [['Content-Type', 'text/event-stream']],
      }
      if (signals.length === 1) return
      signal.addEventListener('abort', () => aborted.resolve())
      yield { type: 'data', bytes: Buffer.from('data: 1\n\n') }
      await aborted.promise
    }, closing)
    await ask(port)
    const request = http.get({ host: '127.0.0.1', port, agent: false })
    request.on('error', () => {})
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.on('error', () => {})
    expect(String((await once(response, 'data'))[0])).toBe('data: 1\n\n')
    request.destroy()
    await aborted.promise
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true])
  })

  it('keeps a client waiting where the service did not answer in time', async () => {
    const reply: HttpReply = { type: 'failure', failure: 'timeout', message: '' }
    const port = await serveOn(() => readyAnswer([reply]), closing)
    const socket = net.connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n')
    let heard = 0
    socket.on('data', (chunk) => (heard += chunk.length))
    expect(await ask(await serveOn(() => readyAnswer(ok('x')), closing))).toMatchObject({ status: 200 })
    expect(heard).toBe(0)
    socket.end()
    await once(socket, 'close')
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const [client, service] = duplexPair()
    const served = createServe()(service, () => readyAnswer(ok('x')), { origin: 'http://h', signal: stop.signal })
    client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    await once(client, 'data')
    stop.abort()
    await served
    expect(service.destroyed).toBe(true)
    await createServe()(service, () => readyAnswer(ok('x')), { origin: 'http://h', signal: stop.signal })
  })
})

describe('serving a client in the same process', () => {
  it('asks each question as whoever wrote it, also when its body comes later', async () => {
    const storage = new AsyncLocalStorage<string>()
    const [client, service] = duplexPair()
    let writer = ''
    Object.assign(service, { [asker]: <T>(work: () => T): T => storage.run(writer, work) })
    const asked: (string | undefined)[] = []
    const peer: HttpPeer = async function* () {
      asked.push(storage.getStore())
      await new Promise((resolve) => setImmediate(resolve))
      asked.push(storage.getStore())
      yield* ok('x')
    }
    void createServe()(service as Duplex, peer, { origin: 'http://h', signal: never })
    writer = 'first'
    client.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab')
    await new Promise((resolve) => setImmediate(resolve))
    writer = 'second'
    client.write('cdGET / HTTP/1.1\r\nHost: h\r\n\r\n')
    let heard = ''
    for await (const chunk of client) {
      heard += String(chunk)
      if (heard.split('\r\n\r\nx').length === 3) break
    }
    expect(asked.toSorted()).toEqual(['first', 'first', 'second', 'second'])
  })

  it('fails it with the very error', async () => {
    const miss = new MortarError('MORTAR_MISS', 'nothing recorded')
    const refused: HttpReply = { type: 'failure', failure: 'refused', message: 'connect ECONNREFUSED 10.0.0.1:80' }
    const seen: Error[] = []
    for (const peer of [
      (): never => {
        throw miss
      },
      () => readyAnswer([refused]),
    ] satisfies HttpPeer[]) {
      const [client, service] = duplexPair()
      const failed = new Promise<Error>((resolve) => Object.assign(service, { [failClient]: resolve }))
      void createServe()(service, peer, { origin: 'http://h', signal: never })
      client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
      seen.push(await failed)
      client.destroy()
    }
    expect(seen[0]).toBe(miss)
    expect(seen[1]).toMatchObject({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 10.0.0.1:80' })
  })
})
