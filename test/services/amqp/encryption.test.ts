import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Certificates, openCertificates } from '../../../src/engine/certificates.ts'
import { listenForWire } from '../../../src/engine/wire-listener.ts'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import { isolateRabbitmq } from '../../../src/services/rabbitmq-isolation/isolate.ts'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import { isListening } from '../providers/support.ts'
import { amqplib, channelOf, connect, consume, hasRabbit, type Rabbit, startRabbit } from './support.ts'

describe.skipIf(!hasRabbit || !amqplib)('a RabbitMQ that speaks TLS', () => {
  let folder: string
  let certificates: Certificates
  let rabbit: Rabbit
  let port: number
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-test-')))
    certificates = await openCertificates(join(folder, 'ca'))
    const { cert, key } = await certificates.leaf('localhost')
    const files = { 'ca.pem': certificates.ca, 'own.pem': cert, 'own.key': key }
    // The broker runs as another user where we are root.
    chmodSync(folder, 0o755)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o644 })
    port = await freePort()
    rabbit = await startRabbit({
      'listeners.ssl.1': `127.0.0.1:${port}`,
      'ssl_options.cacertfile': join(folder, 'ca.pem'),
      'ssl_options.certfile': join(folder, 'own.pem'),
      'ssl_options.keyfile': join(folder, 'own.key'),
      'ssl_options.verify': 'verify_none',
    })
    // It is listened for in the clear first.
    await vi.waitUntil(() => isListening({ host: '127.0.0.1', port }), { timeout: 20_000, interval: 20 })
  }, 60_000)
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
    await expect(
      isolateRabbitmq({
        url: `amqps://guest:guest@localhost:${port}`,
        input: { protocol: 'amqp' },
        boundary: 'events',
        worker: '1',
        directory: '/',
        env: {},
        recorder: { open: () => ({ message: () => {}, close: () => {} }) },
        faults: createFaultSet(),
      }),
    ).rejects.toMatchObject({ code: 'MORTAR_SERVICE_FAILED' })
  })
})

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
