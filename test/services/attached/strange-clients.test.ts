import { expect, it } from 'vitest'
import type { JournalEvent } from '../../../src/store/journal-event.ts'
import { journalOf } from '../../support/journal.ts'
import { type Project, project, type Ran } from '../../support/project.ts'
import { securable } from './secured-servers.ts'

const servers = [
  ['postgres', 'postgres()', 'DATABASE_URL', /this is PostgreSQL/, /"close":true/],
  ['mysql', 'mysql()', 'DATABASE_URL', /this is MySQL, not HTTP/, /"close":true/],
  ['redis', 'redis()', 'REDIS_URL', /^-ERR this is Redis, not HTTP/, /"close":true/],
  ['amqp', 'rabbitmq()', 'AMQP_URL', /^AMQP/, /"close":true/],
  ['nats', 'nats()', 'NATS_URL', /-ERR 'Unknown Protocol Operation'/, /"close":true/],
  ['mqtt', 'mqtt()', 'MQTT_URL', /^$/, /"close":true/],
] as const

const says = (bytes: string): string => `import net from 'node:net'
const { hostname, port } = new URL(Object.entries(process.env).find(([name]) => name === process.argv[2])[1])
const socket = net.connect(port, hostname, () => socket.write(${bytes}))
let heard = ''
socket.on('error', () => {}).setEncoding('latin1').on('data', (text) => (heard += text))
socket.on('end', () => socket.end()).on('close', () => console.log(JSON.stringify({ heard, close: true })))`

const http = String.raw`'GET /health HTTP/1.1\r\nHost: cache\r\n\r\n'`

async function run(boundary: string, variable: string, program: string): Promise<Ran & { readonly made: Project }> {
  const made = project({
    config: `import { mqtt, mysql, nats, postgres, rabbitmq, redis } from 'mortar'
export default { boundaries: { it: ${boundary} } }`,
    files: { 'program.mjs': program },
    packages: ['ioredis', 'pg', 'mysql2'],
  })
  return { ...(await made.mortar(['run', '--', 'node', 'program.mjs', variable])), made }
}

function warnings(made: Project): string[] {
  const isWarning = (event: JournalEvent): event is JournalEvent & { t: 'warning' } => event.t === 'warning'
  return journalOf(made)
    .filter(isWarning)
    .map(({ code, message }) => `${code} ${message}`)
}

for (const [kind, boundary, variable, answer, closed] of servers) {
  it.skipIf(!securable[kind])(`a client that speaks HTTP to ${kind} is told so, and the journal too`, async () => {
    const ran = await run(boundary, variable, says(http))
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(closed) })
    expect((JSON.parse(/^\{.*\}$/m.exec(ran.stdout)![0]) as { heard: string }).heard).toMatch(answer)
    expect(warnings(ran.made)).toContainEqual(
      expect.stringMatching(/^MORTAR_CLIENT_PROTOCOL it: a client spoke `?(?:HTTP|GET)/),
    )
  })
}

const insisting = {
  postgres: `import pg from 'pg'
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL, ssl: true })
    await client.connect()
    await client.query('SELECT 1')
    console.log('encrypted', client.connection.stream.encrypted)
    await client.end()`,
  mysql: `import mysql from 'mysql2/promise'
    const client = await mysql.createConnection({ uri: process.env.DATABASE_URL, ssl: {} })
    await client.query('SELECT 1')
    console.log('encrypted', client.connection.stream.encrypted)
    await client.end()`,
  redis: `import { Redis } from 'ioredis'
    const redis = new Redis(process.env.REDIS_URL, { retryStrategy: null, tls: {} })
    await redis.ping()
    console.log('encrypted', redis.stream.encrypted)
    redis.disconnect()`,
}

for (const [kind, boundary, variable] of servers) {
  const program = insisting[kind as keyof typeof insisting] as string | undefined
  if (!program) continue
  it.skipIf(!securable[kind])(`a client that insists on TLS gets it from ${kind} that has none`, async () => {
    const ran = await run(boundary, variable, program)
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('encrypted true') })
    expect(warnings(ran.made)).toEqual([])
  })
}

it.skipIf(!securable.redis)('a client that does not trust the test authority is told of in the journal', async () => {
  const program = insisting.redis.replace('tls: {}', 'tls: { ca: [] }').replace(
    'await redis.ping()',
    `redis.on('error', () => {})
    await redis.ping().catch(() => console.log('refused'))`,
  )
  const ran = await run('redis()', 'REDIS_URL', program)
  expect(ran.stdout, ran.stderr).toContain('refused')
  expect(warnings(ran.made)).toEqual([
    expect.stringMatching(/^MORTAR_CLIENT_TLS it: the TLS handshake of a client failed/),
  ])
})

for (const [kind, boundary, variable] of servers) {
  if (kind !== 'postgres' && kind !== 'redis') continue
  it.skipIf(!securable[kind])(`a client that insists on TLS gets it from recordings of ${kind}`, async () => {
    const made = project({
      config: `import { postgres, redis } from 'mortar'
export default { boundaries: { it: ${boundary.replace('()', "({ record: 'none' })")} } }`,
      files: { 'program.mjs': insisting[kind] },
      packages: ['ioredis', 'pg'],
    })
    const recorded = await made.mortar(['record', '--', 'node', 'program.mjs', variable])
    expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0)
    const replayed = await made.mortar(['run', '--', 'node', 'program.mjs', variable])
    expect(replayed, replayed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('encrypted true') })
    expect(replayed.stderr).not.toContain('ready in')
  })
}
