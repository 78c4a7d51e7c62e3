import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Seed } from '../../../src/protocols/sql/test-database.ts'
import { openClonePool } from '../../../src/services/postgres-isolation/clone-pool.ts'
import type { PostgresAddress } from '../../../src/services/postgres-isolation/postgres-address.ts'
import { ensureTemplate } from '../../../src/services/postgres-isolation/template.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let server: PostgresServer
let address: PostgresAddress
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres()
  address = { host: '127.0.0.1', port: server.port, user: 'postgres' }
})
afterAll(async () => server?.stop())

const schema = `
  create type state as enum ('new', 'paid');
  create table customers (id serial primary key, name text unique, since timestamptz, tags text[], extra jsonb, raw bytea);
  create table orders (id uuid primary key, customer int references customers, state state default 'new', total numeric(10, 2));`

/** Makes a template with this seed and says what a query finds in a clone of it. */
async function seeded(seed: Seed, query: string, cwd: string = temporaryFolder()): Promise<string> {
  writeFileSync(join(cwd, 'schema.sql'), schema)
  const { name } = await ensureTemplate(address, { folder: 'schema.sql', seed, cwd })
  const pool = await openClonePool({ server: address, template: name, warm: 0 })
  try {
    return `${name} ${server.sql(query, await pool.take())}`
  } finally {
    await pool.close()
  }
}

describe.skipIf(!postgresBinaries)('a seed', () => {
  it('is rows by table, in any type, with numbers that go on after them', async () => {
    const since = new Date('2024-02-03T04:05:06Z')
    const rows = {
      customers: [
        { id: 7, name: "o'neil \\", since, tags: ['a', 'b c'], extra: { deep: [1] }, raw: Buffer.from([0, 255]) },
        { name: 'bob' },
      ],
      orders: [{ id: '00000000-0000-4000-a000-000000000001', customer: 7, total: 12.5 }],
    }
    const found = await seeded(
      rows,
      `select id, name, since at time zone 'UTC', tags, extra, raw from customers order by id;
       select customer, state, total from orders; select nextval('customers_id_seq')`,
    )
    expect(found.split('\n').map((line) => line.replace(/^mortar_t_\w+ /, ''))).toEqual([
      '1|bob||||',
      String.raw`7|o'neil \|2024-02-03 04:05:06|{a,"b c"}|{"deep": [1]}|\x00ff`,
      '7|new|12.50',
      '8',
    ])
  })

  it('is a function that makes the same rows every time, and others when it is changed', async () => {
    const fill: Seed = async ({ insert, sql, random }) => {
      const [customer] = await insert('customers', { name: random.pick(['ann', 'bob']) })
      for (let i = 0; i < 20; i++)
        await insert('orders', { id: random.uuid(), customer: customer!['id'], total: random.int(1, 500) })
      const [count] = await sql('select count(*) as n from orders')
      if (count!['n'] !== '20') throw new Error('not all were inserted')
    }
    const rows = 'select * from orders order by id'
    const first = await seeded(fill, rows)
    const name = first.split(' ')[0]!
    server.sql(`alter database ${name} is_template false; `)
    server.sql(`drop database ${name}`)
    expect(await seeded(fill, rows)).toBe(first)
    expect(new Set(first.split('\n')).size).toBe(20)
    const other = await seeded(async ({ insert }) => void (await insert('customers', [{}, {}])), rows)
    expect(other.split(' ')[0]).not.toBe(name)
  })

  it('is SQL, or a file of SQL by its path, and is put in again when the file has changed', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'seed.sql'), "insert into customers(name) values ('from a file')")
    const query = 'select name from customers'
    expect(await seeded('seed.sql', query, cwd)).toContain('from a file')
    writeFileSync(join(cwd, 'seed.sql'), "insert into customers(name) values ('changed')")
    expect(await seeded('seed.sql', query, cwd)).toContain('changed')
    expect(await seeded("insert into customers(name) values ('as text')", query, cwd)).toContain('as text')
  })

  it.each<[string, Seed, object]>([
    ['a file that is not there', 'absent.sql', { where: 'absent.sql' }],
    ['SQL', 'insert into nothing values (1)', { seen: 'SQLSTATE 42P01', where: 'seed:1' }],
    ['a column', { customers: [{ nmae: 'x' }] }, { where: 'the seed of customers', seen: 'SQLSTATE 42703' }],
    ['a value', { orders: [{ id: 'no uuid' }] }, { where: 'the seed of orders', seen: 'SQLSTATE 22P02' }],
    [
      'a function',
      () => {
        throw new Error('no luck')
      },
      { where: 'the seed function', reason: 'the seed function fails: no luck' },
    ],
  ])('that fails names %s', async (_, seed, details) => {
    await expect(seeded(seed, 'select 1')).rejects.toMatchObject({ code: 'MORTAR_MIGRATION_FAILED', ...details })
    expect(server.sql("select count(*) from pg_database where datname like '%draft'")).toBe('0')
  })
})
