import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { PostgresBoundaryOptions } from '../../../src/protocols/postgres/boundary.ts'
import { lookAtPostgres } from '../../../src/services/postgres-isolation/look.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type IsolatedScene, isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')
const postgresjs = optionalPackage('postgres')
const drizzle = optionalPackage('drizzle-orm/node-postgres')
const cursors = optionalPackage('pg-cursor')
const copy = optionalPackage('pg-copy-streams')

let server: PostgresServer
let url: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
  url = `postgres://postgres@127.0.0.1:${server.port}/app`
})
afterAll(async () => server?.stop())

const seed = `create table orders (id serial primary key, name text unique);
  create table later (a int primary key, b int references later(a) deferrable initially deferred);
  create table jobs (id int);
  create function wake() returns trigger language plpgsql as $$ begin
    if new.id > 0 then notify jobs; end if; return new; end $$;
  create trigger wake after insert on jobs for each row execute function wake();
  create function alone() returns void language plpgsql as $$ begin perform pg_advisory_xact_lock(1); end $$;
  create function harmless() returns text language sql as $$ select 'notify; me'::text as notify $$;
  insert into orders(name) values ('seeded')`

const begin = (more: PostgresBoundaryOptions = {}): Promise<IsolatedScene> =>
  isolateAt(url, {
    isolation: 'pin',
    seed,
    migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
    ...more,
  })

const names = async (pool: { query(sql: string): Promise<{ rows: { name: string }[] }> }): Promise<string[]> =>
  (await pool.query('select name from orders order by id')).rows.map(({ name }) => name)

describe.skipIf(!postgresBinaries || !pg)('tests in one transaction that is rolled back', () => {
  it('see what any connection wrote, and nothing of the test before, sequences included', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    for (const test of ['one', 'two', 'three']) {
      await Promise.all([1, 2, 3, 4, 5].map(() => pool.query('select pg_sleep(0.01)')))
      const { rows } = await pool.query("insert into orders(name) values ('same key') returning id")
      expect(rows).toEqual([{ id: 2 }])
      const seen = await Promise.all([1, 2, 3, 4, 5].map(() => names(pool)))
      expect(seen).toEqual(Array.from({ length: 5 }, () => ['seeded', 'same key']))
      expect(await names(poolAt(isolated.direct))).toEqual(['seeded', 'same key'])
      expect(await isolated.next(test)).toEqual([])
    }
    expect(pool.totalCount).toBe(5)
    expect(isolated.notes.lines().filter((line) => line.includes('mortar'))).toEqual([])
  })

  it('lose nothing by a statement that fails outside of a transaction', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    await pool.query("insert into orders(name) values ('kept')")
    await expect(pool.query("insert into orders(name) values ('kept')")).rejects.toMatchObject({
      code: '23505',
      constraint: 'orders_name_key',
    })
    await expect(pool.query('insert into orders(name) values ($1)', ['kept'])).rejects.toMatchObject({ code: '23505' })
    await expect(pool.query("insert into orders(name) values ('gone'); select 1/0")).rejects.toMatchObject({
      code: '22012',
    })
    expect(await names(pool)).toEqual(['seeded', 'kept'])
  })

  it('commit, roll back, fail and nest their transactions as usual', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    const client = await pool.connect()
    const write = (name: string): Promise<unknown> => client.query('insert into orders(name) values ($1)', [name])
    expect((await client.query('begin')).command).toBe('BEGIN')
    await write('committed')
    expect((await client.query('commit')).command).toBe('COMMIT')
    await client.query('start transaction')
    await write('rolled back')
    expect((await client.query('rollback')).command).toBe('ROLLBACK')
    await client.query('BEGIN')
    await write('half')
    await expect(write('half')).rejects.toMatchObject({ code: '23505' })
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' })
    expect((await client.query('commit')).command).toBe('ROLLBACK')
    await client.query('begin')
    await client.query('savepoint inner_one')
    await expect(write('committed')).rejects.toMatchObject({ code: '23505' })
    await client.query('rollback to savepoint inner_one')
    await write('after the savepoint')
    await client.query('release inner_one')
    await client.query('end')
    await client.query(
      "begin; insert into orders(name) values ('in one text'); commit; begin; delete from orders; rollback",
    )
    await client.query('begin read only')
    await expect(write('read only')).rejects.toMatchObject({ code: '25006' })
    await client.query('rollback')
    await write('writable again')
    client.release()
    expect(await names(pool)).toEqual(['seeded', 'committed', 'after the savepoint', 'in one text', 'writable again'])
    const outcomes = isolated.notes.lines()
    expect(outcomes.filter((line) => line.startsWith('COMMIT'))).toContain('COMMIT → ROLLBACK')
    expect(await isolated.next('transactions')).toEqual([])
    expect(await names(pool)).toEqual(['seeded'])
  })

  it('check what was put off to the commit at the commit', async () => {
    const isolated = await begin()
    const client = await poolAt(isolated.url).connect()
    await client.query('begin')
    await client.query('insert into later values (1, 2)')
    await client.query('insert into later values (2, 1)')
    await client.query('commit')
    await client.query('begin')
    await client.query('insert into later values (3, 4)')
    await expect(client.query('commit')).rejects.toMatchObject({ code: '23503' })
    await expect(client.query('insert into later values (3, 4)')).rejects.toMatchObject({ code: '23503' })
    expect((await client.query('select a from later order by a')).rows).toEqual([{ a: 1 }, { a: 2 }])
    client.release()
  })

  it('keep the prepared statements of each connection apart', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    const [one, two] = await Promise.all([pool.connect(), pool.connect()])
    const texts = ['select 1 as n, $1::int as v', 'select 2 as n, $1::int as v']
    for (let test = 0; test < 2; test++) {
      for (const [i, client] of [one, two].entries())
        for (const v of [5, 6])
          expect((await client.query({ name: 'same', text: texts[i], values: [v] })).rows).toEqual([{ n: i + 1, v }])
      await isolated.next('prepares')
    }
    await expect(one.query({ name: 'bad', text: 'select nothing', values: [] })).rejects.toMatchObject({
      code: '42703',
    })
    await expect(
      one.query({ name: 'dup', text: 'select from "no table" where $1', values: [1] }),
    ).rejects.toMatchObject({
      message: 'relation "no table" does not exist',
    })
    expect((await one.query({ name: 'same', text: texts[0], values: [7] })).rows).toEqual([{ n: 1, v: 7 }])
    one.release()
    two.release()
  })

  it('let a connection wait for the transaction of another one, and say so', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    const [client, other] = await Promise.all([pool.connect(), pool.connect()])
    await client.query('begin')
    await client.query("insert into orders(name) values ('first')")
    const waiting = other.query("insert into orders(name) values ('second') returning id")
    await expect.poll(() => isolated.notes.all.some(({ question }) => question.sql.includes('second'))).toBe(true)
    await client.query('commit')
    client.release()
    expect((await waiting).rows).toEqual([{ id: 3 }])
    other.release()
    await expect(isolated.next('two at once')).rejects.toMatchObject({
      code: 'MORTAR_PIN_REFUSED',
      reason: expect.stringContaining('"two at once" cannot share one transaction: transactions at once'),
    })
    expect(await names(pool)).toEqual(['seeded'])
    expect(await isolated.next('nothing')).toEqual([])
  })

  it('can be looked at beside, which counts for nothing', async () => {
    const isolated = await begin()
    const client = await poolAt(isolated.url).connect()
    const look = await lookAtPostgres(isolated.direct)
    onTestFinished(() => look.close())
    await client.query('begin')
    await client.query("insert into orders(name) values ('soon')")
    const looked = look.rows('select name from orders where id > 1')
    await client.query('commit')
    client.release()
    expect(await looked).toEqual([{ name: 'soon' }])
    expect(isolated.notes.lines().filter((line) => line.includes('row_to_json'))).toEqual([])
    expect(await isolated.next('is looked at')).toEqual([])
    expect(await look.rows('select name from orders where id > 1')).toEqual([])
  })

  it.each([
    ['listen news', 'notify'],
    ["select pg_notify('a', 'b')", 'notify'],
    ['select pg_advisory_xact_lock(1)', 'advisory lock'],
    ['select * from orders for update skip locked', 'lock'],
    ['create index concurrently i on orders(name)', 'outside of a transaction'],
    ['vacuum orders', 'outside of a transaction'],
    ['begin isolation level serializable', 'isolation level'],
    ["set local work_mem = '1MB'", 'local setting'],
    ['insert into jobs values (1)', 'notify: wake() does it'],
    ['select alone()', 'advisory lock: alone() does it'],
  ])('refuse %s with the reason, and go on', async (sql, kind) => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    const refused = { code: '0A000', message: expect.stringContaining(`${kind}: `) }
    await expect(pool.query(sql)).rejects.toMatchObject(refused)
    await expect(pool.query({ text: sql, name: 'named' })).rejects.toMatchObject(refused)
    expect(await names(pool)).toEqual(['seeded'])
    await expect(isolated.next('uses it')).rejects.toMatchObject({ code: 'MORTAR_PIN_REFUSED', seen: sql })
    expect(await isolated.next('does not')).toEqual([])
  })

  it('call functions that only look as if they could not work', async () => {
    const isolated = await begin()
    expect((await poolAt(isolated.url).query('select harmless()')).rows).toEqual([{ harmless: 'notify; me' }])
    expect(await isolated.next('calls it')).toEqual([])
  })

  it('are refused when two of their transactions store the time, unless that is accepted', async () => {
    for (const pinTolerates of [[], ['now']] as const) {
      const isolated = await begin({ pinTolerates })
      const pool = poolAt(isolated.url)
      await pool.query('insert into orders(name) values (now()::text)')
      await pool.query("update orders set name = current_timestamp::text where name = 'seeded' and false")
      const next = isolated.next('orders by time')
      if (pinTolerates.length > 0) expect(await next).toEqual([])
      else await expect(next).rejects.toMatchObject({ reason: expect.stringContaining('stands still') })
    }
  })

  it('name the test that left a transaction open, and go on without it', async () => {
    const isolated = await begin({ graceMs: 20 })
    const pool = poolAt(isolated.url, { application_name: 'shop' })
    const client = await pool.connect()
    client.on('error', () => {})
    await client.query('begin')
    await client.query("insert into orders(name) values ('open')")
    expect(await isolated.next('forgets')).toEqual([
      { summary: "a connection of shop in a transaction: insert into orders(name) values ('open')" },
    ])
    client.release(true)
    expect(await names(pool)).toEqual(['seeded'])
  })

  it('go on when a client goes in the middle of a transaction or a statement', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    const [open, slow] = [new pg.Client(isolated.url), new pg.Client(isolated.url)]
    for (const client of [open, slow]) {
      await client.connect()
      client.on('error', () => {})
    }
    await open.query('begin')
    await open.query('delete from orders')
    open.connection.stream.destroy()
    expect(await names(pool)).toEqual(['seeded'])
    slow.query('select pg_sleep(30)').catch(() => {})
    await expect.poll(() => server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")).toBe('1')
    slow.connection.stream.destroy()
    expect(await names(pool)).toEqual(['seeded'])
  })

  it('keep a setting of the session from one test to the next', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url, { max: 1 })
    await pool.query("set search_path = 'pg_catalog'")
    for (const test of ['one', 'two']) {
      expect((await pool.query('show search_path')).rows).toEqual([{ search_path: 'pg_catalog' }])
      await isolated.next(test)
    }
  })

  it('cancel a statement by the key of its client', async () => {
    const isolated = await begin()
    const client = new pg.Client(isolated.url)
    await client.connect()
    onTestFinished(() => client.end())
    const slow = expect(client.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' })
    await expect.poll(() => server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")).toBe('1')
    const canceller = new pg.Client(isolated.url)
    canceller.cancel(client, client._activeQuery ?? client._getActiveQuery())
    await slow
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  })

  it.skipIf(!cursors || !copy)('read by cursors and copy in and out', async () => {
    const isolated = await begin()
    const client = await poolAt(isolated.url).connect()
    const rows = Array.from({ length: 5_000 }, (_, i) => `row ${i}\n`)
    await pipeline(Readable.from(rows), client.query(copy.from('copy orders(name) from stdin')))
    let bytes = 0
    for await (const chunk of client.query(copy.to('copy orders to stdout'))) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThan(50_000)
    for (const inTransaction of [false, true]) {
      if (inTransaction) await client.query('begin')
      const cursor = client.query(new cursors('select name from orders where id > $1 order by id', [1]))
      expect((await cursor.read(2)).map(({ name }: { name: string }) => name)).toEqual(['row 0', 'row 1'])
      expect((await cursor.read(2)).map(({ name }: { name: string }) => name)).toEqual(['row 2', 'row 3'])
      await cursor.close()
      if (inTransaction) await client.query('commit')
    }
    await expect(
      pipeline(Readable.from(['row 1\n']), client.query(copy.from('copy orders(name) from stdin'))),
    ).rejects.toMatchObject({ code: '23505' })
    expect((await client.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 5_001 }])
    client.release()
  })

  it.skipIf(!postgresjs)('work with the client postgres', async () => {
    const isolated = await begin()
    const sql = postgresjs(isolated.url, { max: 4, onnotice: () => {} })
    onTestFinished(() => sql.end({ timeout: 1 }))
    for (const test of ['one', 'two']) {
      await sql`insert into orders ${sql({ name: 'alone' })}`
      await sql.begin(async (tx: typeof sql) => {
        await tx`insert into orders ${tx([{ name: 'a' }, { name: 'b' }])}`
        await tx
          .savepoint(async (inner: typeof sql) => inner`insert into orders ${inner({ name: 'a' })}`)
          .catch(() => {})
      })
      await expect(
        sql.begin(async (tx: typeof sql) => {
          await tx`insert into orders ${tx({ name: 'never' })}`
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      await expect(sql`insert into orders ${sql({ name: 'a' })}`).rejects.toMatchObject({ code: '23505' })
      const seen = await Promise.all([1, 2, 3, 4].map(() => sql`select name from orders order by id`.values()))
      expect(seen).toEqual(Array.from({ length: 4 }, () => [['seeded'], ['alone'], ['a'], ['b']]))
      const read: string[] = []
      for await (const rows of sql`select name from orders order by id`.cursor(2))
        read.push(...rows.map(({ name }: { name: string }) => name))
      expect(read).toEqual(['seeded', 'alone', 'a', 'b'])
      expect(await isolated.next(test)).toEqual([])
    }
  })

  it.skipIf(!drizzle)('work with Drizzle', async () => {
    const { sql } = optionalPackage('drizzle-orm')
    const { pgTable, serial, text } = optionalPackage('drizzle-orm/pg-core')
    const isolated = await begin()
    const orders = pgTable('orders', { id: serial('id').primaryKey(), name: text('name') })
    const db = drizzle.drizzle(poolAt(isolated.url))
    for (const test of ['one', 'two']) {
      await db.transaction(async (tx: typeof db) => {
        await tx.insert(orders).values({ name: 'drizzled' })
        await tx
          .transaction(async (inner: typeof db) => {
            await inner.insert(orders).values({ name: 'inner' })
            inner.rollback()
          })
          .catch(() => {})
      })
      expect(
        await db
          .select({ name: orders.name })
          .from(orders)
          .orderBy(sql`id`),
      ).toEqual([{ name: 'seeded' }, { name: 'drizzled' }])
      expect(await isolated.next(test)).toEqual([])
    }
  })

  it('tell everybody when the server ends the session, and begin anew', async () => {
    const isolated = await begin()
    const pool = poolAt(isolated.url)
    await pool.query("insert into orders(name) values ('lost')")
    server.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname like 'mortar_c%' and state = 'idle in transaction'",
    )
    await expect.poll(() => pool.totalCount).toBe(0)
    expect(await names(pool)).toEqual(['seeded'])
    expect(await isolated.next('loses it')).toEqual([])
  })
})
