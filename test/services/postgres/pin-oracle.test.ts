import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../../../src/core/seeded-random.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')
const schema = `create table t (k int primary key, v text not null);
  create table c (k int primary key references t deferrable initially deferred)`

let server: PostgresServer
let url: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
  url = `postgres://postgres@127.0.0.1:${server.port}/app`
})
afterAll(async () => server?.stop())

interface Step {
  readonly client: number
  readonly text: string
  readonly name?: string
  readonly values?: readonly unknown[]
}

/** Steps of three clients, of which one at a time is in a transaction, as the server itself would have it in turns. */
function program(seed: number): Step[] {
  const random = seededRandom(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const steps: Step[] = []
  let owner: number | undefined
  for (let i = 0; i < 60; i++) {
    const client = owner ?? below(3)
    const k = below(12)
    const insert = 'insert into t values ($1, $2)'
    const any: (() => Omit<Step, 'client'>)[] = [
      () => ({ text: `insert into t values (${k}, 'simple')` }),
      () => ({ text: insert, values: [k, 'extended'] }),
      () => ({ text: insert, name: `named ${client}`, values: [k, 'named'] }),
      () => ({ text: `update t set v = v || '+' where k > $1 returning *`, values: [k] }),
      () => ({ text: `delete from t where k = ${k}` }),
      () => ({ text: 'select k, v from t order by k', name: 'all' }),
      () => ({ text: 'select 1 / $1::int as n', values: [below(2)] }),
      () => ({ text: `insert into c values (${k})` }),
      () => ({
        text: `insert into t values (${k + 20}, 'a'); delete from t where k = ${k}; insert into t values (${k + 20}, 'b')`,
      }),
      () => ({ text: 'select nothing from nowhere', name: `bad ${i}` }),
      () => ({ text: `begin; insert into t values (${k}, 'whole'); commit` }),
      () => ({ text: '' }),
      () => ({ text: 'commit' }),
    ]
    const inside: (() => Omit<Step, 'client'>)[] = [
      () => ({ text: 'savepoint s' }),
      () => ({ text: 'rollback to s' }),
      () => ({ text: 'release s' }),
    ]
    const turn = below(8)
    if (owner === undefined && turn === 0) {
      owner = client
      steps.push(below(2) === 0 ? { client, text: 'begin' } : { client, text: 'start transaction', name: 'start' })
    } else if (owner !== undefined && turn === 0) {
      owner = undefined
      const text = ['commit', 'rollback', 'end', 'commit'][below(4)]!
      steps.push(below(2) === 0 ? { client, text } : { client, text, name: text })
    } else {
      const from = owner === undefined || below(3) > 0 ? any : inside
      const step = from[below(from.length)]!()
      steps.push({ client, ...step })
      if (!/^(?:begin;|commit)/.test(step.text)) continue
      // Whether it has failed half way or not: nobody is in a transaction after it.
      steps.push({ client, text: 'rollback' })
      owner = undefined
    }
  }
  return [...steps, { client: owner ?? 0, text: 'rollback' }, { client: 1, text: 'select k, v from t order by k' }]
}

/** Runs the steps and says what each client saw. */
async function seenAt(address: string, steps: readonly Step[]): Promise<unknown[]> {
  const clients = await Promise.all(
    [0, 1, 2].map(async () => {
      const client = new pg.Client(address)
      await client.connect()
      onTestFinished(() => client.end())
      return client
    }),
  )
  const seen: unknown[] = []
  for (const { client, ...query } of steps) {
    try {
      const result = await clients[client].query(query)
      const results = Array.isArray(result) ? result : [result]
      // Where a row stands among others, the server does not promise.
      const sorted = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
      seen.push(results.map(({ command, rowCount, rows }) => ({ command, rowCount, rows: sorted(rows) })))
    } catch (error) {
      const { code, message, constraint } = error as { code?: string; message: string; constraint?: string }
      seen.push({ code, message, constraint })
    }
  }
  return seen
}

describe.skipIf(!postgresBinaries || !pg)('a shared transaction', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'answers as the server itself would, whatever is asked (%i)',
    async (seed) => {
      const steps = program(seed)
      if (server.sql("select count(*) from pg_database where datname = 'plain'") === '1')
        server.sql('drop database plain')
      server.sql('create database plain')
      server.sql(schema, 'plain')
      const isolated = await isolateAt(url, {
        isolation: 'pin',
        migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
        seed: schema,
        pinTolerates: ['transactions at once'],
      })
      const wanted = await seenAt(url.replace(/app$/, 'plain'), steps)
      const seen = await seenAt(isolated.url, steps)
      for (const [i, step] of steps.entries()) expect({ i, step, seen: seen[i] }).toEqual({ i, step, seen: wanted[i] })
      expect(await isolated.next('asks much')).toEqual([])
    },
  )

  it('serves many clients at once, some of which go without a word', async () => {
    const isolated = await isolateAt(url, {
      isolation: 'pin',
      migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
      seed: schema,
      pinTolerates: ['transactions at once'],
    })
    const pool = poolAt(isolated.url, { max: 8 })
    pool.on('connect', (client: NodeJS.EventEmitter) => client.on('error', () => {}))
    const task = async (k: number): Promise<number> => {
      if (k % 4 === 0) return (await pool.query('insert into t values ($1, $2)', [k, 'alone'])).rowCount
      const client = await pool.connect()
      await client.query(k % 2 === 0 ? 'begin' : { text: 'begin', name: 'b' })
      const { rowCount } = await client.query({
        text: 'insert into t values ($1, $2)',
        name: 'i',
        values: [k, 'in one'],
      })
      if (k % 10 === 1) {
        client.connection.stream.destroy()
        client.release(true)
        return 0
      }
      await client.query(k % 7 === 0 ? 'rollback' : 'commit')
      client.release()
      return k % 7 === 0 ? 0 : rowCount
    }
    for (const test of ['one', 'two']) {
      const done = await Promise.all(Array.from({ length: 120 }, (_, k) => task(k)))
      const wanted = done.reduce((sum, each) => sum + each, 0)
      expect((await pool.query('select count(*)::int as n from t')).rows).toEqual([{ n: wanted }])
      expect(await isolated.next(test)).toEqual([])
    }
    expect((await pool.query('select count(*)::int as n from t')).rows).toEqual([{ n: 0 }])
  })

  it('survives clients that send garbage', async () => {
    const isolated = await isolateAt(url, {
      isolation: 'pin',
      migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
      seed: schema,
    })
    const random = seededRandom(7)
    const { port } = new URL(isolated.url)
    const startup = Buffer.from('\0\0\0\x25\0\x03\0\0user\0postgres\0database\0app\0\0', 'latin1')
    startup.writeUInt32BE(startup.length)
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const socket = net.connect(Number(port), '127.0.0.1')
        socket.on('error', () => {})
        const gone = new Promise((resolve) => socket.once('close', resolve))
        if (i % 2 === 0) socket.write(startup)
        const garbage = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)))
        // Some look like messages at first.
        if (i % 4 === 0) garbage.write('B\0\0\0\x08', 'latin1')
        if (i % 6 === 0) garbage.write('C\0\0\0\x04', 'latin1')
        socket.end(garbage)
        socket.resume()
        await gone
      }),
    )
    expect(await seenAt(isolated.url, [{ client: 0, text: "insert into t values (1, 'x') returning k" }])).toEqual([
      [{ command: 'INSERT', rowCount: 1, rows: ['{"k":1}'] }],
    ])
    await isolated.next('garbage')
  })
})
