import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { type Project, project, type Ran } from '../../support/project.ts'
import { securable, type SecuredServer, startSecured } from './secured-servers.ts'

interface Case {
  readonly kind: keyof typeof securable
  readonly boundary: string
  readonly variable: string
  url(port: number): string
  readonly packages: readonly string[]
  /** Prints what came back; `OPTIONS` are what a program says in code of TLS. */
  readonly program: string
  readonly insisting: string
  readonly printed: string
  readonly operation: string
}

const cases: readonly Case[] = [
  {
    kind: 'postgres',
    boundary: 'postgres()',
    variable: 'DATABASE_URL',
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=verify-full&sslrootcert=CA`,
    packages: ['pg'],
    program: `import pg from 'pg'
      const { sslmode, ...rest } = Object.fromEntries(new URL(process.env.DATABASE_URL).searchParams)
      const url = OPTIONS ? process.env.DATABASE_URL.split('?')[0] : process.env.DATABASE_URL
      const client = new pg.Client({ connectionString: url, ...(OPTIONS && { ssl: OPTIONS }) })
      await client.connect()
      const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
      console.log('secured', rows[0].ssl, 'client', client.connection.stream.encrypted === true)
      await client.end()`,
    insisting: '{ rejectUnauthorized: true }',
    printed: 'secured true',
    operation: 'SELECT pg_stat_ssl',
  },
  {
    kind: 'mysql',
    boundary: 'mysql()',
    variable: 'DATABASE_URL',
    url: (port) => `mysql://root@127.0.0.1:${port}/shop?ssl-mode=VERIFY_IDENTITY&ssl-ca=CA`,
    packages: ['mysql2'],
    program: `import mysql from 'mysql2/promise'
      const client = await mysql.createConnection({ uri: process.env.DATABASE_URL, ...(OPTIONS && { ssl: OPTIONS }) })
      const [[row]] = await client.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
      console.log('secured', row.Value !== '', 'client', client.connection.stream.encrypted === true)
      await client.end()`,
    insisting: '{ rejectUnauthorized: true }',
    printed: 'secured true',
    operation: 'SHOW',
  },
  {
    kind: 'redis',
    boundary: 'redis()',
    variable: 'REDIS_URL',
    url: (port) => `rediss://127.0.0.1:${port}/0`,
    packages: ['ioredis'],
    program: `import { Redis } from 'ioredis'
      const redis = new Redis(process.env.REDIS_URL, { retryStrategy: null, ...(OPTIONS && { tls: OPTIONS }) })
      redis.on('error', (error) => console.error(error.message))
      await redis.set('a', '1')
      console.log('got', await redis.get('a'), 'client', redis.stream.encrypted === true)
      redis.disconnect()`,
    insisting: '{}',
    printed: 'got 1',
    operation: 'SET a',
  },
  {
    kind: 'amqp',
    boundary: 'rabbitmq()',
    variable: 'AMQP_URL',
    url: (port) => `amqps://guest:guest@127.0.0.1:${port}`,
    packages: ['amqplib'],
    program: `import amqp from 'amqplib'
      const url = OPTIONS ? process.env.AMQP_URL.replace('amqp:', 'amqps:') : process.env.AMQP_URL
      const client = await amqp.connect(url, OPTIONS)
      const channel = await client.createChannel()
      await channel.assertQueue('secure', { exclusive: true })
      channel.sendToQueue('secure', Buffer.from('one'))
      let message
      while (!message) message = await channel.get('secure', { noAck: true })
      console.log('got', message.content.toString(), 'client', client.connection.stream.encrypted === true)
      await client.close()`,
    insisting: '{}',
    printed: 'got one',
    operation: 'PUBLISH secure',
  },
  {
    kind: 'nats',
    boundary: 'nats()',
    variable: 'NATS_URL',
    url: (port) => `tls://127.0.0.1:${port}`,
    packages: ['@nats-io/transport-node'],
    program: `import { connect } from '@nats-io/transport-node'
      const client = await connect({ servers: process.env.NATS_URL, ...(OPTIONS && { tls: OPTIONS }) })
      const subscription = client.subscribe('secure', { max: 1 })
      client.publish('secure', 'one')
      for await (const message of subscription)
        console.log('got', message.string(), 'client', client.protocol.transport.isEncrypted())
      await client.close()`,
    insisting: '{}',
    printed: 'got one',
    operation: 'PUBLISH secure',
  },
  {
    kind: 'mqtt',
    boundary: 'mqtt()',
    variable: 'MQTT_URL',
    url: (port) => `mqtts://127.0.0.1:${port}`,
    packages: ['mqtt'],
    program: `import mqtt from 'mqtt'
      const url = OPTIONS ? process.env.MQTT_URL.replace('mqtt:', 'mqtts:') : process.env.MQTT_URL
      const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...OPTIONS })
      const heard = new Promise((resolve) => client.on('message', (_topic, body) => resolve(body.toString())))
      await client.subscribeAsync('secure')
      await client.publishAsync('secure', 'one')
      console.log('got', await heard, 'client', client.stream.encrypted === true)
      await client.endAsync()`,
    insisting: '{}',
    printed: 'got one',
    operation: 'PUBLISH secure',
  },
]

describe.each(cases)('$kind that only speaks TLS', (tried) => {
  const { kind, boundary, variable, packages, program } = tried
  const needs = it.skipIf(!securable[kind])
  let server: SecuredServer | undefined
  beforeAll(async () => {
    if (securable[kind]) server = await startSecured(kind)
  })
  afterAll(() => server?.stop())

  function made(options: string): Project {
    return project({
      config: `import { mqtt, mysql, nats, postgres, rabbitmq, redis } from 'mortar'
export default { boundaries: { it: ${boundary} } }`,
      files: { 'program.mjs': program.replaceAll('OPTIONS', options) },
      packages,
    })
  }

  const env = (): Record<string, string> => ({
    [variable]: tried.url(server!.port).replace('CA', encodeURIComponent(server!.caPath)),
    NODE_EXTRA_CA_CERTS: server!.caPath,
  })

  const run = (sample: Project): Promise<Ran> => sample.mortar(['run', '--', 'node', 'program.mjs'], { env: env() })

  function operations(sample: Project): string[] {
    return journalOf(sample).flatMap((event) => (event.t === 'ask' ? [event.operation] : []))
  }

  needs('is used by a program that does what its address says', async () => {
    const sample = made('undefined')
    const ran = await run(sample)
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(tried.printed) })
    expect(operations(sample)).toContain(tried.operation)
  })

  needs('is used by a program that insists on TLS, with the test authority', async () => {
    const sample = made(tried.insisting)
    const ran = await run(sample)
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(`${tried.printed} client true`) })
    expect(operations(sample)).toContain(tried.operation)
  })

  needs('is named with what to do when its address does not say so', async () => {
    const sample = made('undefined')
    const url = tried
      .url(server!.port)
      .replace(/\?.*/, '')
      .replace(/^(?:tls|(redis|amqp|mqtt)s):/, '$1:')
      .replace(/^:/, 'nats:')
    const ran = await sample.mortar(['run', '--', 'node', 'program.mjs'], { env: { [variable]: url } })
    expect(ran, ran.stderr).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^MORTAR_SERVER_TLS .* demands TLS/m),
    })
    expect(ran.stderr).toMatch(/→ (?:Write|Add) `/)
  })

  needs('is not used when its certificate is not trusted', async () => {
    const sample = made('undefined')
    const url = tried.url(server!.port).replace(/&ssl.*/, '')
    const ran = await sample.mortar(['run', '--', 'node', 'program.mjs'], { env: { [variable]: url } })
    expect(ran, ran.stderr).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^MORTAR_SERVER_TLS .* is not trusted/m),
    })
  })
})
