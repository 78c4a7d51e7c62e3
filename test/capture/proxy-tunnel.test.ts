import { once } from 'node:events'
import { join } from 'node:path'
import http from 'node:http'
import https from 'node:https'
import net, { type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Certificates, openCertificates } from '../../src/engine/certificates.ts'
import { openProxy, type Proxy, type ProxyOptions } from '../../src/engine/proxy.ts'
import { listen, runCommand, temporaryFolder } from './support/stand-in.ts'

const cleanUps: (() => Promise<void>)[] = []
let certificates: Certificates

beforeAll(async () => {
  certificates = await openCertificates(join(await temporaryFolder((work) => void cleanUps.push(work)), 'ca'))
})
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})

async function openTunnels(options: Partial<ProxyOptions> = {}): Promise<Proxy> {
  const proxy = await openProxy({ certificates, route: () => ({ tunnel: true }), ...options })
  onTestFinished(() => proxy.close())
  return proxy
}

function stopLater(server: net.Server | http.Server): void {
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
}

/** Sends CONNECT and resolves when the proxy has accepted it. */
async function connectThrough(proxy: Proxy, port: number): Promise<Socket> {
  const client = net.connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true })
  onTestFinished(() => void client.destroy())
  client.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  const [answer] = (await once(client, 'data')) as [Buffer]
  client.pause()
  expect(answer.toString()).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
  return client
}

test('a tunnel leaves the TLS of the real service alone', async () => {
  const server = https.createServer({ ...(await certificates.leaf('127.0.0.1')) }, (_request, response) =>
    response.end('the real one'),
  )
  stopLater(server)
  const port = await listen(server)
  const proxy = await openTunnels()
  const args = ['-sS', '--noproxy', '', '-x', proxy.url, '--cacert', certificates.caPath, `https://127.0.0.1:${port}/a`]
  expect(await runCommand('curl', args)).toEqual({ code: 0, stdout: 'the real one', stderr: '' })
})

test('a tunnel carries an end in one direction while the other goes on', async () => {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    void text(socket).then((all) => socket.end(`got ${all.length} bytes`))
  })
  stopLater(server)
  const client = await connectThrough(await openTunnels(), await listen(server))
  client.end('x'.repeat(300_000))
  expect(await text(client)).toBe('got 300000 bytes')
})

test('a tunnel holds back a fast service while its client does not read', async () => {
  let sent = 0
  const stopped = Promise.withResolvers<void>()
  const server = net.createServer((socket) => {
    const push = (): void => {
      while (sent < 200_000_000) {
        sent += 1_000_000
        if (!socket.write(Buffer.alloc(1_000_000))) return
      }
    }
    socket
      .on('error', () => {})
      .on('drain', push)
      .once('data', push)
    let before = -1
    const watch = setInterval(() => {
      if (sent > 0 && before === sent) stopped.resolve()
      before = sent
    }, 100)
    socket.on('close', () => clearInterval(watch))
  })
  stopLater(server)
  const client = await connectThrough(await openTunnels(), await listen(server))
  client.write('go')
  await stopped.promise
  expect(sent).toBeLessThan(60_000_000)
  client.destroy()
})

test('a reset by the service reaches the client as a reset', async () => {
  const server = net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  stopLater(server)
  const client = await connectThrough(await openTunnels(), await listen(server))
  const failed = once(client, 'error')
  client.resume().write('x')
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
})

test('plain requests that are let through reach each host in origin form', async () => {
  const seen: (string | undefined)[][] = []
  const server = http.createServer((request, response) => {
    seen.push([request.headers.host, request.method, request.url, request.headers['proxy-authorization']])
    request.resume().on('end', () => response.end('ok'))
  })
  stopLater(server)
  const port = await listen(server)
  const proxy = await openTunnels()
  const authorized = proxy.url.replace('//', '//worker-1:x@')
  const urls = [`http://127.0.0.1:${port}/a?b=1`, `http://localhost:${port}`]
  const outcome = await runCommand('curl', ['-sS', '--noproxy', '', '-x', authorized, '-d', 'body', ...urls])
  expect(outcome).toEqual({ code: 0, stdout: 'okok', stderr: '' })
  expect(seen).toEqual([
    [`127.0.0.1:${port}`, 'POST', '/a?b=1', undefined],
    [`localhost:${port}`, 'POST', '/', undefined],
  ])
})

test('a destination that cannot be reached is answered with 502 and says why', async () => {
  const closed = net.createServer()
  const port = await listen(closed)
  closed.close()
  await once(closed, 'close')
  const proxy = await openTunnels()
  const outcome = await runCommand('curl', ['-sSv', '--noproxy', '', '-x', proxy.url, `https://127.0.0.1:${port}/`])
  expect(outcome.code).toBe(56)
  expect(outcome.stderr).toContain('CONNECT tunnel failed, response 502')
  expect(outcome.stderr).toMatch(/X-Mortar-Error: MORTAR_UPSTREAM_UNREACHABLE .*ECONNREFUSED/)
})

test('closing the proxy ends its tunnels on both sides', async () => {
  const accepted = Promise.withResolvers<Socket>()
  const server = net.createServer((socket) => accepted.resolve(socket.on('error', () => {}).resume()))
  stopLater(server)
  const proxy = await openTunnels()
  const client = (await connectThrough(proxy, await listen(server))).on('error', () => {}).resume()
  const service = await accepted.promise
  const ended = Promise.all([once(client, 'close'), once(service, 'close')])
  client.once('end', () => client.end())
  await proxy.close()
  await ended
})
