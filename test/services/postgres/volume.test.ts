import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClonePool } from '../../../src/services/postgres-isolation/clone-pool.ts'
import { ensureLargeTemplate } from '../../../src/services/postgres-isolation/large-template.ts'
import type { PostgresAddress } from '../../../src/services/postgres-isolation/postgres-address.ts'
import { ensureTemplate } from '../../../src/services/postgres-isolation/template.ts'
import type { Volume } from '../../../src/services/postgres-isolation/volume/fill-volume.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'

const shop = `
  create type state as enum ('new', 'paid', 'sent');
  create domain cents as int check (value > 0 and value < 5000);
  create table customers (id bigint generated always as identity primary key, email varchar(40) not null unique,
    name text not null, vip boolean not null default false, joined timestamptz not null default now(), referrer bigint references customers);
  create unique index on customers (lower(name));
  create table products (sku char(8) primary key, price numeric(8, 2) not null check (price >= 1), tags text[] not null,
    kind text not null check (kind in ('book', 'game')), rating int check (rating between 1 and 5));
  create table orders (id uuid primary key, customer bigint not null references customers, state state not null,
    total cents not null, note text, placed date not null, extra jsonb not null default '{}');
  create table invoices (order_id uuid primary key references orders, number int not null unique);
  create table items ("order" uuid references orders, product char(8) references products, n smallint not null default 1, primary key ("order", product));
  insert into customers(email, name) values ('a@example.com', 'ann');
  insert into products values ('seeded', 5, '{}', 'book', 3)`

let server: PostgresServer
let address: PostgresAddress
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres()
  address = { host: '127.0.0.1', port: server.port, user: 'postgres' }
})
afterAll(async () => server?.stop())

async function large(seed: string, volume: Volume): Promise<{ readonly name: string; readonly made: boolean }> {
  const { name } = await ensureTemplate(address, { seed, cwd: '.' })
  return ensureLargeTemplate(address, name, volume)
}

async function inClone(template: string, query: string): Promise<string> {
  const pool = await openClonePool({ server: address, template, warm: 0 })
  try {
    return server.sql(query, await pool.take())
  } finally {
    await pool.close()
  }
}

const whole = { items: 5_000, orders: 3_000, customers: 500, products: 40, invoices: 1_000 }

describe.skipIf(!postgresBinaries)('a volume as in production', () => {
  it('is made once, with statistics, and cloned like any template', async () => {
    const table =
      'create table orders (id serial primary key, customer int not null, total numeric not null, at timestamptz not null)'
    const made = await large(table, { orders: 100_000 })
    expect(made).toMatchObject({ made: true, name: expect.stringMatching(/_large$/) })
    expect(await large(table, { orders: 100_000 })).toEqual({ ...made, made: false })
    expect((await large(table, { orders: 10 })).name).not.toBe(made.name)
    const query = `select count(*), count(distinct id), count(distinct customer) > 100 from orders;
      select reltuples from pg_class where relname = 'orders'; select nextval('orders_id_seq')`
    expect(await inClone(made.name, query)).toBe('100000|100000|t\n100000\n100001')
  })

  it('keeps every constraint, and fills what is referred to first', async () => {
    const { name } = await large(shop, whole)
    const counts = ['customers', 'products', 'orders', 'invoices', 'items'].map(
      (table) => `(select count(*) from ${table})`,
    )
    expect(await inClone(name, `select ${counts.join(', ')}`)).toBe('501|41|3000|1000|5000')
    const busiest = await inClone(name, 'select count(*) from orders group by customer order by 1 desc limit 1')
    expect(Number(busiest)).toBeGreaterThan(50)
    const states = await inClone(name, 'select count(distinct state), count(distinct kind) from orders, products')
    expect(states).toBe('3|2')
    expect(await inClone(name, "insert into customers(email, name) values ('n', 'n') returning id")).toBe('502')
  })

  it('is the same every time', async () => {
    const rows =
      'select md5(string_agg(t::text, chr(10) order by t::text)) from (select o from orders o union all select c from customers c) as t(t)'
    const query = rows.replace(
      'select o from orders o union all select c from customers c',
      'select o::text from orders o union all select c::text from customers c',
    )
    const first = await large(shop, { ...whole, items: 1 })
    const digest = await inClone(first.name, query)
    server.sql(`alter database ${first.name} is_template false`)
    server.sql(`drop database ${first.name}`)
    const second = await large(shop, { ...whole, items: 1 })
    expect(second.made).toBe(true)
    expect(await inClone(second.name, query)).toBe(digest)
  })

  it('keeps references of two columns, cycles and names that need quotes', async () => {
    const schema = `create table "Big Shops" (country char(2), "no" int, primary key (country, "no"));
      create table staff (id serial primary key, country char(2) not null, shop int not null, boss int references staff, "first name" text not null,
        foreign key (country, shop) references "Big Shops" (country, "no"), unique (country, shop, "first name"));
      create table a (id int primary key, b int); create table b (id int primary key, a int not null references a);
      alter table a add foreign key (b) references b`
    const { name } = await large(schema, { staff: 400, '"Big Shops"': 30, b: 10, a: 10 })
    expect(await inClone(name, 'select count(*), count(distinct shop) > 5 from staff')).toBe('400|t')
    expect(await inClone(name, 'select count(*) from b join a on a.id = b.a')).toBe('10')
  })

  it('takes an expression for a column', async () => {
    const table = 'create table shapes (id int primary key, at point not null, size int not null)'
    const { name } = await large(table, { shapes: { rows: 10, columns: { at: 'point(n, n)', size: 'n * 2' } } })
    expect(await inClone(name, 'select at, size from shapes order by id desc limit 1')).toBe('(10,10)|20')
  })

  it.each<[string, string, Volume, string]>([
    [
      'a type that nothing is known about',
      'create table t (a int, b point not null)',
      { t: 5 },
      't.b cannot be filled: nothing is known about its type point',
    ],
    [
      'a condition that is not understood',
      'create table t (a int check (a % 7 = 3))',
      { t: 50 },
      't.a cannot be filled',
    ],
    [
      'a reference to an empty table',
      'create table p (id int primary key); create table t (p int not null references p)',
      { t: 5 },
      't.p cannot be filled: it refers to p, which has no rows',
    ],
    [
      'too few values',
      "create type e as enum ('a'); create table t (a e unique)",
      { t: 5 },
      't.a cannot be filled: no two rows may have the same',
    ],
    [
      'one row for each',
      'create table p (id int primary key); create table t (p int primary key references p)',
      { p: 3, t: 5 },
      't.p cannot be filled: each of the 3 rows of p can have one only',
    ],
    [
      'too few combinations',
      'create table p (id int primary key); create table t (a int references p, b int references p, primary key (a, b))',
      { p: 3, t: 10 },
      't.a, b cannot be filled: there are only 9 combinations',
    ],
    [
      'an expression that fails',
      'create table t (a int)',
      { t: { rows: 5, columns: { a: "'x'" } } },
      't.a cannot be filled',
    ],
    [
      'a column that is not there',
      'create table t (a int)',
      { t: { rows: 5, columns: { b: '1' } } },
      't.b cannot be filled: there is no such column',
    ],
    [
      'a table that is not there',
      'create table t (a int)',
      { other: 5 },
      'other cannot be filled: relation "other" does not exist',
    ],
  ])('is refused for %s, by name', async (_, schema, volume, reason) => {
    await expect(large(schema, volume)).rejects.toMatchObject({
      code: 'MORTAR_VOLUME_REFUSED',
      reason: expect.stringContaining(reason),
    })
    expect(server.sql("select count(*) from pg_database where datname like '%draft'")).toBe('0')
  })
})
