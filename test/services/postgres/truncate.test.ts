import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openTruncate, type Truncate } from '../../../src/services/postgres-isolation/truncate.ts'
import type { PostgresAddress } from '../../../src/services/postgres-isolation/postgres-address.ts'
import { ensureTemplate } from '../../../src/services/postgres-isolation/template.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')
const postgresjs = optionalPackage('postgres')

const seed = `
  create table customers (id int generated always as identity primary key, name text unique, shout text generated always as (upper(name)) stored);
  create table orders (id serial primary key, customer int references customers on delete cascade, total int);
  create table log (id bigserial, line text);
  create table stock (id int primary key, n int);
  create function noted() returns trigger language plpgsql as $$ begin insert into log(line) values ('stock'); return new; end $$;
  create trigger noted after insert or update on stock for each row execute function noted();
  create function sneaky() returns int language sql as 'insert into orders(total) values (99) returning id';
  insert into customers(name) values ('ann'), ('bob');
  insert into orders(customer, total) values (1, 10);
  insert into stock values (1, 5)`

let server: PostgresServer
let address: PostgresAddress
let template: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
  address = { host: '127.0.0.1', port: server.port, user: 'postgres' }
  template = (await ensureTemplate(address, { seed, cwd: '.' })).name
})
afterAll(async () => server?.stop())

// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
async function begin(): Promise<{ truncate: Truncate; pool: any; everything(): string }> {
  const truncate = await openTruncate({ server: address, template, graceMs: 50 })
  onTestFinished(() => truncate.close())
  const everything = (): string =>
    server.sql(
      `select * from customers order by 1; select * from orders order by 1; select * from stock; select line from log order by id;
       select nextval('orders_id_seq'), nextval('customers_id_seq'), nextval('log_id_seq');
       select setval('orders_id_seq', 1), setval('customers_id_seq', 2), setval('log_id_seq', 1)`,
      truncate.database,
    )
  return { truncate, pool: poolAt(`postgres://postgres@127.0.0.1:${truncate.port}/app`), everything }
}

describe.skipIf(!postgresBinaries || !pg)('one database in which what a test wrote is put back', () => {
  it('has the seeded rows and numbers again after each test, at connections that stay', async () => {
    const { truncate, pool, everything } = await begin()
    const before = everything()
    for (let test = 0; test < 3; test++) {
      await Promise.all([1, 2, 3, 4, 5].map(() => pool.query('select pg_sleep(0.01)')))
      expect((await pool.query("insert into customers(name) values ('same key') returning id, shout")).rows).toEqual([
        { id: 3, shout: 'SAME KEY' },
      ])
      await pool.query("update customers set name = 'ann again' where id = $1", [1])
      await pool.query({ name: 'more', text: 'insert into orders(customer, total) values ($1, $2)', values: [3, 7] })
      expect([...(await truncate.next()).tables].sort()).toEqual(['customers', 'orders'])
      expect(everything()).toBe(before)
    }
    expect(pool.totalCount).toBe(5)
  })

  it.each([
    ['a table that nothing refers to', ["insert into log(line) values ('x')"], ['log']],
    ['what only reads', ['select * from orders', 'select count(*), max(total) from orders'], []],
    ['a delete that cascades', ['delete from customers where id = 1'], ['customers', 'orders']],
    ['a trigger', ['update stock set n = n - 1'], ['log', 'stock']],
    ['a function', ['select sneaky()'], ['orders']],
    ['a block of code', ['do $$ begin delete from stock; end $$'], ['stock']],
    [
      'two writes in one',
      ['with x as (delete from orders returning 1) insert into log(line) select 1 from x'],
      ['log', 'orders'],
    ],
    ['a transaction that was rolled back', ['begin', 'select sneaky()', 'rollback'], []],
    [
      'several statements in one text',
      ["insert into log(line) values ('a'); update stock set n = 0"],
      ['log', 'stock'],
    ],
  ])('finds what was written by %s', async (_, statements, tables) => {
    const { truncate, pool, everything } = await begin()
    const before = everything()
    const client = await pool.connect()
    for (const sql of statements) await client.query(sql)
    client.release()
    expect([...(await truncate.next()).tables].sort()).toEqual(tables)
    expect(everything()).toBe(before)
  })

  it('is replaced by a new clone when its schema was changed', async () => {
    const { truncate, pool } = await begin()
    const { database } = truncate
    await pool.query('alter table orders add column note text')
    await truncate.next()
    expect(truncate.database).not.toBe(database)
    const { rows } = await pool.query('select * from orders')
    expect(rows).toEqual([{ id: 1, customer: 1, total: 10 }])
    await pool.query('delete from orders')
    expect((await truncate.next()).tables).toEqual(['orders'])
    expect((await pool.query('select id from orders')).rows).toEqual([{ id: 1 }])
  })

  it('ends connections that were left in a transaction, and names them', async () => {
    const { truncate, pool, everything } = await begin()
    const before = everything()
    const client = await pool.connect()
    client.on('error', () => {})
    await client.query('begin')
    await client.query('delete from orders')
    expect((await truncate.next()).leftBehind).toMatchObject([
      { state: 'in a transaction', statement: 'delete from orders' },
    ])
    client.release(true)
    expect(everything()).toBe(before)
  })

  it.skipIf(!postgresjs)('keeps what a client listens to, and delivers what is notified', async () => {
    const isolated = await isolateAt(`postgres://postgres@127.0.0.1:${server.port}/app`, {
      isolation: 'truncate',
      migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
      seed: 'create table numbers (n int unique)',
    })
    const sql = postgresjs(isolated.url, { max: 3, onnotice: () => {} })
    onTestFinished(() => sql.end({ timeout: 1 }))
    const heard: string[] = []
    await sql.listen('news', (payload: string) => heard.push(payload))
    for (const test of ['one', 'two']) {
      await sql.begin(async (tx: typeof sql) => {
        await tx`insert into numbers values (1)`
        await tx`select pg_notify('news', ${test})`
      })
      await expect.poll(() => heard.at(-1)).toBe(test)
      await isolated.next(test)
    }
    expect(await sql`select * from numbers`.values()).toEqual([])
  })
})
