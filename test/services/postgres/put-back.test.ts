import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { type IsolatedScene, isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')

const seed = `
  create table customers (id int generated always as identity primary key, name text unique, shout text generated always as (upper(name)) stored);
  create table orders (id serial primary key, customer int references customers on delete cascade, total int);
  create table log (id bigserial, line text);
  create function noted() returns trigger language plpgsql as $$ begin insert into log(line) values (new.total); return new; end $$;
  create trigger noted after update on orders for each row execute function noted();
  create sequence numbers cache 20;
  insert into customers(name) values ('bob'), ('ann'), ('cid');
  insert into orders(customer, total) values (1, 10), (2, 20), (1, 30);
  update customers set name = 'bert' where name = 'bob'`

let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200', 'max_prepared_transactions=5'])
})
afterAll(async () => server?.stop())

interface Scene extends IsolatedScene {
  database(): string
  /** Everything that can be read, rows in the order in which they are stored. */
  everything(): string
}

async function begin(more = '', user = 'postgres'): Promise<Scene> {
  const url = `postgres://${user}@127.0.0.1:${server.port}/${user}`
  const isolated = await isolateAt(url, { seed: `${seed};${more}`, graceMs: 50 }, temporaryFolder())
  const database = (): string => new URL(isolated.direct).pathname.slice(1)
  const everything = (): string =>
    server.sql(
      `select * from customers; select * from orders; select * from log;
       select last_value, is_called from customers_id_seq; select last_value, is_called from orders_id_seq;
       select last_value, is_called from log_id_seq; select last_value, is_called from numbers`,
      database(),
    )
  return Object.assign(isolated, { database, everything })
}

// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
async function connect({ url }: Scene): Promise<any> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const pidOf = 'select pg_backend_pid() as pid'

describe.skipIf(!postgresBinaries || !pg)('a database that is put back in place between tests', () => {
  it('has its rows, their order and its numbers again, behind connections that stay', async () => {
    const scene = await begin()
    const client = await connect(scene)
    const [before, database] = [scene.everything(), scene.database()]
    const { rows: pids } = await client.query(pidOf)
    const counted = { name: 'count', text: 'select count(*)::int as n from orders where id > $1', values: [0] }
    await client.query(counted)
    await client.query("set work_mem = '5MB'; prepare twice(int) as select $1 * 2 as n")
    for (let test = 0; test < 5; test++) {
      await client.query("insert into customers(name) values ('dan'), ('eve')")
      await client.query('update customers set name = name || name where id = 2')
      await client.query('update orders set total = total + 1')
      await client.query('delete from customers where id = 1')
      await client.query('begin; insert into orders(total) select generate_series(1, 500); rollback')
      expect(await scene.next('writes')).toEqual([])
      expect(scene.everything()).toBe(before)
    }
    expect(scene.database()).toBe(database)
    expect((await client.query(pidOf)).rows).toEqual(pids)
    expect((await client.query(counted)).rows).toEqual([{ n: 3 }])
    expect((await client.query('execute twice(4)')).rows).toEqual([{ n: 8 }])
    expect((await client.query("select current_setting('work_mem') as mem")).rows).toEqual([{ mem: '5MB' }])
  })

  it.each([
    ['a function', "select setval('orders_id_seq', 70)"],
    ['a block of code', 'do $$ begin delete from orders; end $$'],
    ['two writes in one', 'with x as (delete from orders returning 1) insert into log(line) select 1 from x'],
    ['COPY', "copy orders to '/dev/null'; insert into orders(total) values (1)"],
    ['what empties tables', 'truncate customers cascade'],
    ['a table of another name', 'create temp table t () on commit drop; insert into orders(total) values (1)'],
    ['what was rolled back', 'begin; insert into orders(total) select generate_series(1, 2000); rollback'],
  ])('is as it was after a write by %s', async (_, sql) => {
    const scene = await begin()
    const client = await connect(scene)
    const before = scene.everything()
    await client.query(sql)
    await scene.next('writes')
    expect(scene.everything()).toBe(before)
  })

  it('has values of every kind back, byte by byte', async () => {
    const scene = await begin(`create type mood as enum ('fine', 'so so'); create type pair as (a int, b text);
      create domain short as varchar(9) check (value <> '');
      create table "Odd ""Names""" (id int generated always as identity, gone int, "row" text, kind mood, two pair,
        numbers int[], words text[], doc json, docs jsonb, raw bytea, float float8, small float4, fixed char(5), price money,
        long interval, at timestamptz, day date, exact numeric, net inet, "mortar row" short, bits bit(3), span int4range,
        twice int generated always as (gone * 2) stored);
      alter table "Odd ""Names""" add column late int default 7;
      insert into "Odd ""Names"""("row", kind, two, numbers, words, doc, docs, raw, float, small, fixed, price, long, at, day,
        exact, net, "mortar row", bits, span) values
        (E'it''s \\\\ a\\n"line"', 'so so', row(1, 'x,"y')::pair, '[2:3]={1,null}', array['a"b', null, ''], '{ "a" : 1 }', '{"b":2}',
          '\\x00ff27', 0.1::float8 + 0.2, '-0', 'ab', 12.5, '1 year -2 days 00:00:01.5', '2024-02-29 12:00:00.123456+02',
          'infinity', 1.500, '10.0.0.1/8', 'x', '101', '[1,5)'),
        (null, null, null, null, null, null, null, null, 'NaN', null, null, null, null, null, null, null, null, null, null, null)`)
    const client = await connect(scene)
    const read = (): string => server.sql('select t::text, fixed || $$|$$ from "Odd ""Names""" t', scene.database())
    const [before, database] = [read(), scene.database()]
    await client.query('delete from "Odd ""Names"""')
    await scene.next('deletes')
    expect(read()).toBe(before)
    expect(scene.database()).toBe(database)
  })

  it('gives a session nothing of the test before: locks, cursors, numbers that it has in store', async () => {
    const scene = await begin()
    const client = await connect(scene)
    const database = scene.database()
    await client.query("select pg_advisory_lock(7); insert into log(line) values ('x'); select nextval('numbers')")
    const reader = await connect(scene)
    await reader.query('declare c cursor with hold for select * from orders')
    await scene.next('locks')
    expect(scene.database()).toBe(database)
    const other = await connect(scene)
    expect((await other.query('select pg_try_advisory_lock(7) as free')).rows).toEqual([{ free: true }])
    expect((await other.query("select nextval('numbers') as n")).rows).toEqual([{ n: '1' }])
    await expect(client.query("select currval('log_id_seq')")).rejects.toMatchObject({ code: '55000' })
    await expect(reader.query('fetch c')).rejects.toMatchObject({ code: '34000' })
    expect((await client.query("select nextval('numbers') as n")).rows).toEqual([{ n: '21' }])
  })

  it('is not written to by a COMMIT of the test before, whose connection is gone', async () => {
    const scene = await begin(`create table slow (n int);
      create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(0.7); return new; end $$;
      create constraint trigger wait after insert on slow deferrable initially deferred for each row execute function wait()`)
    const client = await connect(scene)
    const database = scene.database()
    await client.query('begin; insert into slow values (1)')
    client.query('commit').catch(() => {})
    const running = `select count(*) from pg_stat_activity where query = 'commit' and datname = '${database}'`
    await expect.poll(() => server.sql(`${running} and wait_event = 'PgSleep'`)).toBe('1')
    client.connection.stream.destroy()
    await scene.next('is gone')
    await expect.poll(() => server.sql(`${running} and state = 'active'`)).toBe('0')
    expect(server.sql('select * from slow', scene.database())).toBe('')
    expect(scene.database()).toBe(database)
  })

  it('keeps whoever connects waiting while it is put back', async () => {
    const scene = await begin()
    const database = scene.database()
    for (let turn = 0; turn < 10; turn++) {
      const pool = poolAt(scene.url, { max: 3 })
      await pool.query('insert into orders(total) values (1)')
      const opening = [1, 2, 3].map(() =>
        poolAt(scene.url, { max: 1 }).query('insert into log(line) values (1) returning id'),
      )
      const ended = scene.next('opens')
      expect((await Promise.all(opening)).flatMap(({ rows }) => rows)).toHaveLength(3)
      await ended
    }
    expect(scene.database()).toBe(database)
  })
})

describe.skipIf(!postgresBinaries || !pg)('a fresh clone is taken', () => {
  it.each([
    ['the schema was changed', 'alter table log add column note text'],
    ['a block of code changed the schema', "do $$ begin execute 'create table more ()'; end $$"],
    ['a SELECT made a table', 'select 1 as n into more'],
    ['a function was replaced by a function', `do $$ begin execute 'drop function noted cascade'; end $$`],
    ['there are large objects', 'select lo_create(0)'],
    ['a transaction was prepared', "begin; insert into log(line) values ('x'); prepare transaction 'p'"],
    ['a connection listens', "listen news; insert into log(line) values ('x')"],
    ['a block of code listens', "do $$ begin execute 'listen news'; end $$"],
    ['a view was filled again by a function', 'select fill()'],
  ])('where %s', async (_, sql) => {
    const scene = await begin(`create materialized view total as select sum(total) from orders;
      create function fill() returns void language plpgsql as 'begin refresh materialized view total; end'`)
    const client = await connect(scene)
    const [before, database] = [scene.everything(), scene.database()]
    await client.query(sql)
    await scene.next('does what cannot be put back')
    expect(scene.database()).not.toBe(database)
    expect(scene.everything()).toBe(before)
    expect((await client.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 3 }])
  })

  it.each([
    ['the user is no superuser', 'select 1', 'maker'],
    ['there are many rows', 'insert into log(line) select generate_series(1, 1001)', 'postgres'],
    ['rows are large', "insert into log(line) values (repeat('x', 300000))", 'postgres'],
    ['a trigger always fires', 'alter table orders enable always trigger noted', 'postgres'],
  ])('where %s', async (_, more, user) => {
    if (user === 'maker') server.sql('create role maker login createdb; create database maker owner maker')
    const scene = await begin(more, user)
    const client = await connect(scene)
    const before = scene.everything()
    const databases = new Set([scene.database()])
    for (let test = 0; test < 3; test++) {
      await client.query("insert into customers(name) values ('same')")
      await scene.next('writes')
      databases.add(scene.database())
      expect(scene.everything()).toBe(before)
    }
    expect(databases.size).toBe(4)
  })

  it('where our own session was lost, and it is put back from then on', async () => {
    const scene = await begin()
    const client = await connect(scene)
    const [before, database] = [scene.everything(), scene.database()]
    server.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mortar' and datname = '${database}'`,
    )
    await client.query('delete from orders')
    await scene.next('loses it')
    const second = scene.database()
    expect(second).not.toBe(database)
    await client.query('delete from orders')
    await scene.next('has another')
    expect(scene.database()).toBe(second)
    expect(scene.everything()).toBe(before)
  })
})
