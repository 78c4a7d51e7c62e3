import { once } from 'node:events'
import { join } from 'node:path'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MortarError } from '../../src/core/errors.ts'
import { type Certificates, openCertificates } from '../../src/engine/certificates.ts'
import { openProxy, type Proxy, type ProxyOptions } from '../../src/engine/proxy.ts'
import { createStandIn, runCommand, temporaryFolder } from './support/stand-in.ts'

const cleanUps: (() => Promise<void>)[] = []
let certificates: Certificates

beforeAll(async () => {
  certificates = await openCertificates(join(await temporaryFolder((work) => void cleanUps.push(work)), 'ca'))
})
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})

interface World {
  readonly proxy: Proxy
  readonly warnings: string[]
}

async function openWorld(options: Partial<ProxyOptions> = {}): Promise<World> {
  const warnings: string[] = []
  const proxy = await openProxy({
    certificates,
    route: () => ({ serve: createStandIn().serve }),
    onWarning: (code, message) => warnings.push(`${code} ${message}`),
    ...options,
  })
  onTestFinished(() => proxy.close())
  return { proxy, warnings }
}

/** Sends bytes, optionally ends, and resolves with all that comes back. */
async function send({ proxy }: World, bytes: string | Buffer, end = false): Promise<string> {
  const client = net.connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true })
  onTestFinished(() => void client.destroy())
  client.on('error', () => {})
  if (end) client.end(bytes)
  else client.write(bytes)
  return text(client).catch(() => '')
}

const refusal = new MortarError('MORTAR_UNKNOWN_DESTINATION', 'No boundary claims api.example.test.')

describe('a refused request', () => {
  test('shows in curl as the status of CONNECT, with the code and the text', async () => {
    const { proxy } = await openWorld({ route: () => ({ refuse: refusal }) })
    const outcome = await runCommand('curl', ['-sSv', '-x', proxy.url, 'https://api.example.test/'])
    expect(outcome.code).toBe(56)
    expect(outcome.stderr).toContain('403 Forbidden (MORTAR_UNKNOWN_DESTINATION)')
    expect(outcome.stderr).toContain('X-Mortar-Error: MORTAR_UNKNOWN_DESTINATION No boundary claims api.example.test.')
  })

  test('holds the whole explanation when it was made in the clear', async () => {
    const { proxy } = await openWorld({ route: () => ({ refuse: refusal }) })
    const outcome = await runCommand('curl', ['-sS', '-w', '%{http_code}', '-x', proxy.url, 'http://api.example.test/'])
    expect(outcome.stdout).toBe(`${refusal.toString()}\n403`)
  })

  test('is 502 when the error is of the service', async () => {
    const error = new MortarError('MORTAR_UPSTREAM_TIMEOUT', 'It did not answer.')
    const world = await openWorld({ route: () => ({ refuse: error }) })
    expect(await send(world, 'CONNECT a.test:443 HTTP/1.1\r\n\r\n', true)).toMatch(/^HTTP\/1.1 502 /)
  })

  test('is what a router that throws ends in', async () => {
    const world = await openWorld({
      route: () => {
        throw refusal
      },
    })
    expect(await send(world, 'GET http://a.test/ HTTP/1.1\r\n\r\n', true)).toMatch(/^HTTP\/1.1 403 /)
  })
})

describe('a client that misbehaves', () => {
  test.each([
    ['no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n', 400],
    ['CONNECT without a port', 'CONNECT api.example.test HTTP/1.1\r\n\r\n', 400],
    ['CONNECT to a port that does not exist', 'CONNECT api.example.test:99999 HTTP/1.1\r\n\r\n', 400],
    ['CONNECT to a path', 'CONNECT http://api.example.test/ HTTP/1.1\r\n\r\n', 400],
    ['a request meant for a server', 'GET /index.html HTTP/1.1\r\nHost: a.test\r\n\r\n', 400],
    ['an address of another scheme', 'GET ftp://a.test/ HTTP/1.1\r\n\r\n', 400],
    ['a head that ends in the middle', 'CONNECT api.example.test:443 HTTP/1.1\r\nHo', 400],
    ['a head without an end', `GET http://a.test/ HTTP/1.1\r\nx: ${'x'.repeat(100_000)}`, 431],
  ])('gets an answer and a coded warning for %s', async (_name, bytes, status) => {
    const world = await openWorld()
    expect(await send(world, bytes, true)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(world.warnings).toHaveLength(1)
    expect(world.warnings[0]).toMatch(/^MORTAR_PROXY_REQUEST /)
  })

  test('is cut off when it never finishes its head', async () => {
    const world = await openWorld({ clientTimeoutMs: 50 })
    expect(await send(world, 'CONNECT api.example.test:443 HTTP/1.1\r\n')).toMatch(/^HTTP\/1.1 408 /)
    expect(world.warnings[0]).toContain('its head is too slow')
  })

  test('is cut off when it says nothing after CONNECT', async () => {
    const world = await openWorld({ clientTimeoutMs: 300 })
    expect(await send(world, 'CONNECT api.example.test:443 HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    expect(world.warnings[0]).toContain('A client sent nothing for 300 ms after CONNECT api.example.test:443.')
  })

  test('is cut off when it stops in the middle of its handshake', async () => {
    const world = await openWorld({ clientTimeoutMs: 300 })
    await send(world, Buffer.from('CONNECT api.example.test:443 HTTP/1.1\r\n\r\n\u0016\u0003\u0001', 'latin1'))
    expect(world.warnings[0]).toMatch(/^MORTAR_CLIENT_TLS The TLS handshake of a client for api.example.test failed/)
  })

  test('may open a connection and close it unused without a warning', async () => {
    const world = await openWorld()
    expect(await send(world, '', true)).toBe('')
    expect(world.warnings).toEqual([])
  })

  test('never brings the proxy down, whatever its bytes', async () => {
    const world = await openWorld({ route: () => ({ refuse: refusal }) })
    const piece = fc.constantFrom(
      'CONNECT ',
      'GET ',
      'http://',
      'a.test',
      ':443',
      ' HTTP/1.1',
      '\r\n',
      '\r\n\r\n',
      '[::1]',
      '\0',
    )
    const bytes = fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 12 }).map((all) => all.join(''))
    await fc.assert(
      fc.asyncProperty(bytes, async (each) => {
        expect(await send(world, Buffer.from(each), true)).toMatch(/^(?:HTTP\/1.1 (?:400|403) |$)/)
      }),
      { numRuns: 200 },
    )
    expect(await send(world, 'GET http://a.test/ HTTP/1.1\r\n\r\n', true)).toMatch(/^HTTP\/1.1 403 /)
  })
})

describe('a client that does not trust the authority', () => {
  test('is named in a coded warning', async () => {
    const world = await openWorld()
    const outcome = await runCommand('curl', ['-sS', '-x', world.proxy.url, 'https://api.example.test/'])
    expect(outcome.code).toBe(60)
    expect(world.warnings).toHaveLength(1)
    expect(world.warnings[0]).toMatch(
      /^MORTAR_CLIENT_TLS The TLS handshake of a client for api.example.test failed: .*unknown ca/,
    )
  })

  test('does not disturb the next one', async () => {
    const world = await openWorld()
    await runCommand('curl', ['-sS', '-x', world.proxy.url, 'https://api.example.test/'])
    const args = ['-sS', '-x', world.proxy.url, '--cacert', certificates.caPath, 'https://api.example.test/']
    expect((await runCommand('curl', args)).code).toBe(0)
  })
})

describe('the proxy as its own destination', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '127.9.9.9'])('is refused by address: %s', async (host) => {
    const world = await openWorld({ route: () => ({ tunnel: true }) })
    const answer = await send(world, `CONNECT ${host}:${world.proxy.port} HTTP/1.1\r\n\r\n`, true)
    expect(answer).toMatch(/^HTTP\/1.1 502 .*MORTAR_PROXY_LOOP/)
    expect(world.warnings[0]).toMatch(/^MORTAR_PROXY_LOOP /)
  })

  test('is refused in the clear too', async () => {
    const world = await openWorld({ route: () => ({ tunnel: true }) })
    const answer = await send(world, `GET http://127.0.0.1:${world.proxy.port}/ HTTP/1.1\r\n\r\n`, true)
    expect(answer).toMatch(/^HTTP\/1.1 502 .*MORTAR_PROXY_LOOP/)
  })
})

test('a second handshake with a host resumes the session of the first', async () => {
  const { proxy } = await openWorld()
  const handshake = async (session?: Buffer): Promise<{ reused: boolean; session: Buffer | undefined }> => {
    const below = net.connect(proxy.port, proxy.host)
    below.write('CONNECT api.example.test:443 HTTP/1.1\r\n\r\n')
    await once(below, 'data')
    const servername = 'api.example.test'
    const secured = tls.connect({ socket: below, servername, ca: certificates.ca, ...(session && { session }) })
    let ticket: Buffer | undefined
    secured.on('session', (data) => {
      ticket = data
    })
    await once(secured, 'secureConnect')
    const reused = secured.isSessionReused()
    secured.end('GET / HTTP/1.1\r\nHost: api.example.test\r\nConnection: close\r\n\r\n')
    await text(secured)
    return { reused, session: ticket }
  }
  const first = await handshake()
  expect(first.reused).toBe(false)
  expect((await handshake(first.session)).reused).toBe(true)
})
