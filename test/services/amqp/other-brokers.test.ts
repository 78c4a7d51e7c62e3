import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Certificates, openCertificates } from '../../../src/engine/certificates.ts'
import { listenForWire } from '../../../src/engine/wire-listener.ts'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import type { Isolated, IsolateOptions } from '../../../src/services/isolation.ts'
import { isolateRabbitmq } from '../../../src/services/rabbitmq-isolation/isolate.ts'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import { isListening } from '../providers/support.ts'
import { amqplib, channelOf, connect, consume, hasRabbit, type Rabbit, startRabbit } from './support.ts'
import { freePort } from '../../support/free-port.ts'

describe.skipIf(!hasRabbit || !amqplib)('a RabbitMQ that speaks TLS and has no virtual hosts for us', () => {
  let folder: string
  let certificates: Certificates
  let rabbit: Rabbit
  let port: number
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-test-')))
    certificates = await openCertificates(join(folder, 'ca'))
    const { cert, key } = await certificates.leaf('localhost')
    const definitions = JSON.stringify(onlyGuest())
    const files = { definitions, 'ca.pem': certificates.ca, 'own.pem': cert, 'own.key': key }
    // The broker runs as another user where we are root.
    chmodSync(folder, 0o755)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o644 })
    port = await freePort()
    rabbit = await startRabbit({
      load_definitions: join(folder, 'definitions'),
      'listeners.ssl.1': `127.0.0.1:${port}`,
      'ssl_options.cacertfile': join(folder, 'ca.pem'),
      'ssl_options.certfile': join(folder, 'own.pem'),
      'ssl_options.keyfile': join(folder, 'own.key'),
      'ssl_options.verify': 'verify_none',
    })
    // It is listened for in the clear first.
    await vi.waitUntil(() => isListening({ host: '127.0.0.1', port }), { timeout: 20_000, interval: 20 })
  })
  afterAll(async () => {
    await rabbit?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  it('is spoken to in TLS for a client that does not', async () => {
    const operations: string[] = []
    const wire = amqpWire()
    const listener = await listenForWire({
      wire,
      target: { host: '127.0.0.1', port },
      tls: { servername: 'localhost', alpn: [], ca: [certificates.ca] },
      faults: createFaultSet(),
      recorder: {
        open(question) {
          operations.push(wire.describe(question).name)
          return { message: () => {}, close: () => {} }
        },
      },
    })
    onTestFinished(() => listener.close())
    const channel = await channelOf(await connect(listener.port), 'confirm')
    await channel.assertQueue('secure', { exclusive: true })
    const inbox = await consume(channel, 'secure')
    channel.sendToQueue('secure', Buffer.alloc(300_000, 1))
    await channel.waitForConfirms()
    const [message] = await inbox.received(1)
    expect(message.content.length).toBe(300_000)
    expect(operations).toEqual([
      'CONNECT',
      'CONFIRM',
      'DECLARE secure',
      'CONSUME secure',
      'PUBLISH secure',
      'DELIVER secure',
    ])
  })

  it('whose certificate nobody trusts is an error with a code', async () => {
    await expect(isolate(`amqps://guest:guest@localhost:${port}`)).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_FAILED',
    })
  })

  it('is left as it is when its address was given', async () => {
    const isolated = await isolate(rabbit.url)
    expect(isolated).toMatchObject({ shared: true, direct: rabbit.url })
    const channel = await channelOf(await connect(Number(new URL(isolated.url).port)))
    await channel.assertQueue('kept')
    await channel.close()
    expect(await isolated.next('first')).toEqual([])
    const again = await channelOf(await connect(rabbit.port))
    expect(await again.deleteQueue('kept')).toEqual({ messageCount: 0 })
    expect(again.failures).toEqual([])
  })

  it('makes room for a broker of the worker where one can be started, which is emptied between tests', async () => {
    let closed = 0
    const startOwn = async () => ({ url: rabbit.url, close: async () => void closed++ })
    const isolated = await isolate(rabbit.url, { startOwn })
    expect(isolated.shared).toBeFalsy()
    const client = await connect(Number(new URL(isolated.url).port))
    await (await channelOf(client)).assertQueue('gone')
    await client.close()
    await isolated.next('first')
    await expect((await channelOf(await connect(rabbit.port))).checkQueue('gone')).rejects.toThrow('404')
    await isolated.close()
    expect(closed).toBe(1)
  })
})

async function isolate(url: string, more: Pick<IsolateOptions, 'startOwn'> = {}): Promise<Isolated> {
  const isolated = await isolateRabbitmq({
    url,
    input: { protocol: 'amqp' },
    boundary: 'events',
    worker: '1',
    directory: '/',
    env: {},
    recorder: { open: () => ({ message: () => {}, close: () => {} }) },
    faults: createFaultSet(),
    ...more,
  })
  onTestFinished(() => isolated.close())
  return isolated
}

/** An account and a virtual host, and no more, as RabbitMQ reads them. */
function onlyGuest(): object {
  const salt = Buffer.from('salt')
  const digest = createHash('sha256').update('saltguest').digest()
  const account = {
    name: 'guest',
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    tags: 'administrator',
  }
  const permission = { user: 'guest', vhost: '/', configure: '.*', write: '.*', read: '.*' }
  return { users: [account], vhosts: [{ name: '/' }], permissions: [permission] }
}
