import { once } from 'node:events'
import http from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import tls, { type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Certificates, openCertificates } from './certificates.ts'
import { type ConnectionOptions, openConnection } from './connect.ts'

let folder: string
let certificates: Certificates

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mortar-'))
  certificates = await openCertificates(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function options(port: number, more: Partial<ConnectionOptions> = {}): ConnectionOptions {
  return { host: '127.0.0.1', port, timeoutMs: 5_000, signal: new AbortController().signal, ...more }
}

async function secureServer(): Promise<number> {
  const server = tls.createServer({ ...(await certificates.leaf('localhost')), ALPNProtocols: ['h2'] }, (socket) =>
    socket.on('error', () => {}).end('secret'),
  )
  server.on('tlsClientError', () => {})
  return listen(server)
}

/** A proxy for CONNECT that notes what it was asked. */
async function userProxy(status = '200 OK'): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = http.createServer().on('connect', (request, client) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
    client.on('error', () => {}).write(`HTTP/1.1 ${status}\r\n\r\n`)
    if (status !== '200 OK') return client.end()
    const service = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1').on('error', () => client.destroy())
    return service.pipe(client).pipe(service)
  })
  return { url: `http://user:p%40ss@127.0.0.1:${await listen(server)}`, asked }
}

test('opens a plain connection', async () => {
  const port = await listen(net.createServer((socket) => socket.end('hello')))
  expect(await text(await openConnection(options(port)))).toBe('hello')
})

test('opens a TLS connection with an authority of its own and the protocol agreed on', async () => {
  const port = await secureServer()
  const tls = { servername: 'localhost', alpn: ['h2', 'http/1.1'], ca: [certificates.ca] }
  const connection = (await openConnection(options(port, { host: 'localhost', tls }))) as TLSSocket
  expect(connection.alpnProtocol).toBe('h2')
  expect(await text(connection)).toBe('secret')
})

test.each([
  ['an authority it does not know', { servername: 'localhost', alpn: [] }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['a name the certificate does not hold', { servername: 'other.test', alpn: ['h2'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('rejects %s with the code of node', async (_name, tls, code) => {
  const port = await secureServer()
  const ca = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? { ca: [certificates.ca] } : {}
  await expect(openConnection(options(port, { tls: { ...tls, ...ca } }))).rejects.toMatchObject({ code })
})

test('accepts any certificate when told to', async () => {
  const port = await secureServer()
  const tls = { servername: 'localhost', alpn: ['h2'], rejectUnauthorized: false }
  expect(await text(await openConnection(options(port, { tls })))).toBe('secret')
})

test('checks the certificate of an address against the address', async () => {
  const server = tls.createServer(await certificates.leaf('127.0.0.1'), (socket) => socket.end('by address'))
  const tlsOptions = { servername: '127.0.0.1', alpn: [], ca: [certificates.ca] }
  expect(await text(await openConnection(options(await listen(server), { tls: tlsOptions })))).toBe('by address')
})

test('says ECONNREFUSED with a message, also for a name with several addresses', async () => {
  const server = net.createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  const failure = openConnection(options(port, { host: 'localhost' }))
  await expect(failure).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('says ENOTFOUND for a name that does not exist', async () => {
  await expect(openConnection(options(80, { host: 'nothing.invalid' }))).rejects.toMatchObject({
    code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
  })
})

test('says ETIMEDOUT when the handshake takes too long, and lets go of the connection', async () => {
  const server = net.createServer()
  const closed = once(server, 'connection').then(([socket]) => once((socket as net.Socket).resume(), 'close'))
  const tls = { servername: 'localhost', alpn: [] }
  const opening = openConnection(options(await listen(server), { tls, timeoutMs: 50 }))
  await expect(opening).rejects.toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect' })
  await closed
})

test("rejects with the signal's reason and lets go of the connection", async () => {
  const server = net.createServer()
  const accepted = once(server, 'connection')
  const stop = new AbortController()
  const tls = { servername: 'localhost', alpn: [] }
  const opening = openConnection(options(await listen(server), { tls, signal: stop.signal }))
  const [socket] = (await accepted) as [net.Socket]
  const closed = once(socket.resume(), 'close')
  stop.abort(new Error('not wanted any more'))
  await expect(opening).rejects.toThrow('not wanted any more')
  await closed
  await expect(openConnection(options(1, { signal: stop.signal }))).rejects.toThrow('not wanted any more')
})

test('goes past whatever has replaced the ways out of the process', async () => {
  const port = await secureServer()
  const { connect } = net.Socket.prototype
  const secure = tls.connect
  onTestFinished(() => {
    net.Socket.prototype.connect = connect
    tls.connect = secure
  })
  net.Socket.prototype.connect = () => {
    throw new Error('replaced')
  }
  tls.connect = () => {
    throw new Error('replaced')
  }
  const tlsOptions = { servername: 'localhost', alpn: ['h2'], ca: [certificates.ca] }
  expect(await text(await openConnection(options(port, { tls: tlsOptions })))).toBe('secret')
})

test("goes through the user's own proxy, with its credential", async () => {
  const port = await secureServer()
  const proxy = await userProxy()
  const connection = await openConnection({
    ...options(port, { host: 'somewhere.test' }),
    tls: { servername: 'localhost', alpn: ['h2'], ca: [certificates.ca] },
    proxies: { http: undefined, https: proxy.url, none: [] },
  })
  expect(await text(connection)).toBe('secret')
  const credential = Buffer.from('user:p@ss').toString('base64')
  expect(proxy.asked).toEqual([`somewhere.test:${port} Basic ${credential}`])
})

test("says ERR_PROXY_TUNNEL, and the status, when the user's proxy says no", async () => {
  const proxy = await userProxy('407 Proxy Authentication Required')
  const proxies = { http: proxy.url, https: undefined, none: [] }
  const opening = openConnection(options(80, { host: 'somewhere.test', scheme: 'http', proxies }))
  await expect(opening).rejects.toMatchObject({ code: 'ERR_PROXY_TUNNEL', message: expect.stringContaining('407') })
})
