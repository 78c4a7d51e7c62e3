import { expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { project } from '../../support/project.ts'
import { isInstalled } from '../providers/support.ts'

/** A program for each server, what it says, and what of it the journal must say that a recording answered. */
const programs = {
  postgres: {
    packages: ['pg'],
    program: `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
await pool.query('create table orders (id serial primary key, name text, at date)')
const { rows } = await pool.query("insert into orders (name, at) values ($1, '2026-01-02') returning *", ['first'])
console.log(JSON.stringify([rows, await pool.query('insert into orders (id) values (1)').catch(({ code }) => code)]))
await pool.end()`,
    says: /"name":"first".*"23505"/,
    operation: 'INSERT orders',
  },
  nats: {
    packages: ['@nats-io/transport-node'],
    program: `import { connect } from '@nats-io/transport-node'
const client = await connect({ servers: process.env.NATS_URL })
client.subscribe('prices.get', { callback: (_error, message) => message.respond('42 for ' + message.string()) })
console.log((await client.request('prices.get', 'tea')).string())
await client.drain()`,
    says: /42 for tea/,
    operation: 'PUBLISH prices.get',
  },
  mqtt: {
    packages: ['mqtt'],
    program: `import mqtt from 'mqtt'
const client = await mqtt.connectAsync(process.env.MQTT_URL)
const heard = new Promise((resolve) => client.on('message', (_topic, body) => resolve(body.toString())))
await client.subscribeAsync('sensors/+', { qos: 1 })
await client.publishAsync('sensors/7', '20.5', { qos: 2 })
console.log('heard ' + (await heard))
await client.endAsync()`,
    says: /heard 20\.5/,
    operation: 'PUBLISH sensors/{id}',
  },
} as const

for (const [name, { packages, program, says, operation }] of Object.entries(programs)) {
  const needs = isInstalled(name as keyof typeof programs) ? it : it.skip
  needs(`a recorded ${name} is replayed without a server, and the journal says so`, async () => {
    const config = `import { ${name} } from 'mortar'
export default { boundaries: { own: ${name}({ record: 'none' }) } }`
    const made = project({ config, files: { 'program.mjs': program }, packages: [...packages] })
    const recorded = await made.mortar(['record', '--', 'node', 'program.mjs'])
    expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0)
    expect(recorded.stdout + recorded.stderr).toMatch(says)
    const replayed = await made.mortar(['run', '--', 'node', 'program.mjs'])
    expect(replayed.code, replayed.stdout + replayed.stderr).toBe(0)
    expect(replayed.stdout + replayed.stderr).toMatch(says)
    expect(replayed.stderr).not.toContain('ready in')
    const asked = journalOf(made).flatMap((event) => (event.t === 'ask' ? [`${event.operation} ${event.by}`] : []))
    expect(asked).toEqual(expect.arrayContaining([`${operation} service`, `${operation} cassette`]))
  })
}
