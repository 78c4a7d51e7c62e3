import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { awaitGreeting } from '../../../src/services/await-greeting.ts'
import { drivers } from '../../../src/services/drivers.ts'
import { greet } from '../../../src/services/handshake/greet.ts'
import { openServices } from '../../../src/services/open-services.ts'
import { serviceProtocols } from '../../../src/services/service-request.ts'
import { expectNothingLeft, isInstalled, machine, request } from './support.ts'

describe('a server that does not start', () => {
  it.skipIf(!isInstalled('postgres'))('is reported with what it said last', async () => {
    const here = machine()
    const settings = { max_connections: 'plenty' }
    await expect(openServices([request('postgres', { settings })], here)).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_FAILED',
      reason: 'PostgreSQL ended during its start: exit code 1',
      where: 'boundaries.postgres',
      seen: expect.stringContaining('invalid value for parameter "max_connections": "plenty"'),
    })
    await expectNothingLeft(here)
  })

  it.each([
    ['finds no space', 'write error: No space left on device', 'MORTAR_DISK_FULL', 'there is no space left'],
    ['finds its port taken', 'bind: Address already in use', 'MORTAR_PORT_IN_USE', 'Redis found its port taken'],
    ['is broken', 'error while loading shared libraries', 'MORTAR_SERVICE_FAILED', 'exit code 1'],
  ])('says so when it %s', async (_, said, code, message) => {
    const here = machine()
    here.program('redis-server', `case $1 in --version) echo v=7.0.0;; *) echo '${said}' >&2; exit 1;; esac`)
    await expect(openServices([request('redis')], here)).rejects.toMatchObject({
      code,
      reason: expect.stringContaining(message),
    })
    await expectNothingLeft(here)
  })

  it.skipIf(!isInstalled('redis'))('takes another port when the first was taken', async () => {
    const here = machine()
    const first = `[ -e ${here.project}/tried ] || { touch ${here.project}/tried; echo 'Address already in use'; exit 1; }`
    here.program(
      'redis-server',
      `case $1 in --version) echo v=7.0.0;; *) ${first}; exec /usr/bin/redis-server "$@";; esac`,
    )
    const { services, close } = await openServices([request('redis')], here)
    expect(services[0]!.tried.at(-1)).toMatchObject({ rung: 'binary', used: true })
    await close()
    await expectNothingLeft(here)
  })

  it.skipIf(!isInstalled('postgres'))('leaves nothing when its data cannot be prepared', async () => {
    const here = machine()
    here.program('postgres', 'echo "postgres (PostgreSQL) 99.1"')
    here.program('initdb', 'echo "could not create directory: No space left on device" >&2; exit 1')
    await expect(openServices([request('postgres', { version: '99' })], here)).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_FAILED',
    })
    await expectNothingLeft(here)
  })

  it.skipIf(!isInstalled('redis'))('takes those down that were started beside it', async () => {
    const here = machine()
    here.program('mosquitto', 'case $1 in -h) echo mosquitto version 2.0.0;; *) exit 1;; esac')
    await expect(openServices([request('redis'), request('mqtt')], here)).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_FAILED',
      where: 'boundaries.mqtt',
    })
    await expectNothingLeft(here)
  })
})

it('waiting for a server that never answers ends', async () => {
  const port = await listenSilently()
  const waiting = awaitGreeting(drivers.redis.handshake(request('redis')), {
    title: 'Redis',
    host: '127.0.0.1',
    port: async () => port,
    timeoutMs: 100,
    ended: () => undefined,
    printed: () => 'still loading\n',
  })
  await expect(waiting).rejects.toMatchObject({
    code: 'MORTAR_SERVICE_TIMEOUT',
    seen: expect.stringMatching(/^no answer within 2000 ms\n +still loading$/),
  })
})

describe.each(serviceProtocols)('the handshake of %s', (protocol) => {
  const handshake = drivers[protocol].handshake(request(protocol))

  it('gives up on a server that says nothing', async () => {
    const port = await listenSilently()
    await expect(greet(handshake, { host: '127.0.0.1', port, timeoutMs: 60 })).rejects.toThrow('no answer within 60 ms')
  })

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['SMTP', '220 mail.example.com ESMTP\r\n'],
    ['zeros', '\0'.repeat(200)],
    ['a flood', '\xff'.repeat(200_000)],
  ])('is not taken in by %s', async (_, words) => {
    const port = await listenSilently(words)
    await expect(greet(handshake, { host: '127.0.0.1', port, timeoutMs: 500 })).rejects.toThrow(
      /does not speak|refused|no answer|closed|JSON/,
    )
  })

  it('is not taken in by a connection that is closed at once', async () => {
    const server = createServer((socket) => void socket.destroy())
    const port = await listen(server)
    await expect(greet(handshake, { host: '127.0.0.1', port, timeoutMs: 500 })).rejects.toThrow(
      /closed|ECONNRESET|EPIPE/,
    )
  })
})

function listenSilently(words = ''): Promise<number> {
  return listen(createServer((socket) => void socket.on('error', () => {}).write(Buffer.from(words, 'latin1'))))
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => void server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

it('knows a process that has ended from one that lives', async () => {
  const { isProcessAlive } = await import('../../../src/files/process-alive.ts')
  const child = spawn('sleep', ['60'])
  const since = Date.now()
  expect(isProcessAlive(child.pid!, since)).toBe(true)
  child.kill('SIGKILL')
  await new Promise((resolve) => void child.once('close', resolve))
  expect(isProcessAlive(child.pid!, since)).toBe(false)
})
