import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { type CheckedProject, checkProject } from './checked-project.ts'

const isThere = postgresBinaries !== undefined && optionalPackage('pg')

const suite = `import pg from 'pg'
import { afterEach, test } from 'vitest'
const open = []
const pool = (options = {}) => {
  const made = new pg.Pool({ connectionString: process.env.DATABASE_URL, ...options })
  made.on('error', () => {})
  open.push(made)
  return made
}
const begin = async (from, how = '') => {
  const client = await from.connect()
  client.on('error', () => {})
  await client.query('BEGIN ' + how)
  return client
}
const held = []
const hold = (client) => (held.push(client), client)
afterEach(async () => {
  for (const client of held.splice(0)) client.release(true)
  await Promise.all(open.splice(0).map((each) => each.end()))
})

test('empties its pool', async () => {
  const small = pool({ max: 2, connectionTimeoutMillis: 2000 })
  for (const id of [1, 2]) await hold(await begin(small)).query('SELECT * FROM stock WHERE id = $1', [id])
  await small.query('SELECT 1')
})
test('waits for a deadlock', async () => {
  const both = pool()
  const [a, b] = [hold(await begin(both)), hold(await begin(both))]
  await a.query('UPDATE stock SET n = 1 WHERE id = 1')
  await b.query('UPDATE stock SET n = 1 WHERE id = 2')
  const results = await Promise.allSettled([
    a.query('UPDATE stock SET n = 2 WHERE id = 2'),
    b.query('UPDATE stock SET n = 2 WHERE id = 1'),
  ])
  throw results.find(({ status }) => status === 'rejected').reason
})
test('cannot serialize', async () => {
  const both = pool()
  const [a, b] = [hold(await begin(both, 'ISOLATION LEVEL REPEATABLE READ')), hold(await begin(both))]
  await a.query('SELECT * FROM stock')
  await b.query('UPDATE stock SET n = 7 WHERE id = 3')
  await b.query('COMMIT')
  await a.query('UPDATE stock SET n = 8 WHERE id = 3')
})
test('waits for a lock until its time is up', async () => {
  const both = pool()
  const holder = hold(await begin(both))
  await holder.query('UPDATE stock SET n = 9 WHERE id = 4')
  const waiting = hold(await both.connect())
  waiting.query('UPDATE stock SET n = 10 WHERE id = 4').catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}, 700)
test('asks slowly, and hears the plan', async () => {
  const client = hold(await pool().connect())
  await client.query("LOAD 'auto_explain'")
  await client.query("SET auto_explain.log_min_duration = 0")
  await client.query("SET client_min_messages = log")
  await client.query('SELECT n + slowly() FROM stock WHERE n = $1 LIMIT 1', [5])
})
test('may not log in', async () => {
  const url = new URL(process.env.DATABASE_URL)
  url.username = 'stranger'
  await pool({ connectionString: url.href }).query('SELECT 1')
})
test('breaks a foreign key', async () => {
  await pool().query('INSERT INTO sold (stock_id) VALUES (999)')
})
test('sends no number', async () => {
  await pool().query('SELECT * FROM stock WHERE id = $1', ['many'])
})
test('counts for itself', async () => {
  const rows = (await pool().query('SELECT id FROM stock')).rows
  for (const { id } of rows.slice(0, 3)) await pool().query('SELECT n FROM stock WHERE id = $1', [id])
})`

describe.skipIf(!isThere)('trouble with PostgreSQL', () => {
  let server: PostgresServer
  let checked: CheckedProject

  beforeAll(async () => {
    server = await startPostgres(['max_connections=60', 'deadlock_timeout=100ms'])
    server.sql('create database shop')
    server.sql(
      `create table stock (id int primary key, n int); insert into stock select n, 5 from generate_series(1, 40) n;
       create table sold (stock_id int references stock);
       create function slowly() returns int language plpgsql as 'begin perform pg_sleep(1.2); return 1; end'`,
      'shop',
    )
    checked = await checkProject({
      boundaries: "{ orders: postgres({ env: 'DATABASE_URL' }) }",
      suite,
      packages: ['pg'],
      env: { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/shop` },
    })
  }, 120_000)
  afterAll(async () => {
    checked?.close()
    await server?.stop()
  })

  it.each([
    ['waits for a deadlock', 'deadlock', /40P01 deadlock detected/],
    ['cannot serialize', 'serialization', /40001 could not serialize/],
    [
      'waits for a lock until its time is up',
      'timeout',
      /UPDATE stock (had no answer|took .* of the test), while another connection .* since UPDATE stock/,
    ],
    ['breaks a foreign key', 'constraint', /23503/],
    ['sends no number', 'validation', /22P02/],
  ])('a test that %s is told of as %s', (name, kind, because) => {
    expect(checked.testOf(name).diagnosis, checked.printed).toMatchObject({
      boundary: 'orders',
      kind,
      because: expect.stringMatching(because),
    })
  })

  it('names the boundary that a test may not log in to, and shows the login', () => {
    const { diagnosis, exchanges } = checked.testOf('may not log in')
    expect(diagnosis, checked.printed).toMatchObject({
      boundary: 'orders',
      kind: 'authentication',
      because: expect.stringContaining('28000 role "stranger" does not exist'),
    })
    expect(exchanges).toMatchObject([
      {
        boundary: 'orders',
        operation: 'CONNECT',
        ok: false,
        ending: 'complete',
        asked: expect.stringContaining('stranger'),
      },
    ])
    expect(diagnosis!.exchanges).toEqual([exchanges[0]!.id])
  })

  it('names the connections that were not given back when the pool is empty', () => {
    const finding = checked.summary.findings.find(({ code }) => code === 'pool-exhausted')
    expect(finding, checked.printed).toMatchObject({ tests: [{ name: 'empties its pool' }] })
    expect(finding!.detail).toContain('2 connections were used, 2 of them left in a transaction that nobody ended')
  })

  it('shows the plan of a slow statement that the server told of', () => {
    const slow = checked.summary.findings.filter(({ code }) => code === 'slow-statement')
    expect(slow, checked.printed).toMatchObject([
      { severity: 'note', tests: [{ name: 'asks slowly, and hears the plan' }] },
    ])
    expect(slow[0]!.detail).toMatch(/plan:\nLimit .*\n.*Seq Scan on stock/)
  })

  it('says nothing of a test that looks at some rows itself', () => {
    expect(checked.shownOf('counts for itself')).toEqual([])
  })
})
