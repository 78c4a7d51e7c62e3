import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgres } from '../../../src/protocols/postgres/boundary.ts'
import type { PlanComparison, RecordedStatement } from '../../../src/services/postgres-isolation/plans/compare-plans.ts'
import { plansOfBoundary } from '../../../src/services/postgres-isolation/plans/plans-of-boundary.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')
const postgresjs = optionalPackage('postgres')

const schema = `
  create table customers (id serial primary key, name text not null, city text not null);
  create table orders (id serial primary key, customer int not null references customers, total numeric not null,
    note text not null, code bytea unique);`
const boundary = postgres({
  migrations: { command: [process.execPath, '-e', '0'], inputs: [] },
  seed: `${schema} insert into customers(name, city) values ('ann', 'here'); insert into orders(customer, total, note) values (1, 5, 'x')`,
  volume: { customers: 2_000, orders: 30_000 },
})

let server: PostgresServer
let url: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres()
  url = `postgres://postgres@127.0.0.1:${server.port}/app`
})
afterAll(async () => server?.stop())

async function plansOf(statements: readonly RecordedStatement[]): Promise<PlanComparison> {
  const plans = await plansOfBoundary({
    url,
    input: boundary,
    directory: temporaryFolder(),
    env: process.env,
    statements,
  })
  return plans!
}

describe.skipIf(!postgresBinaries || !pg || !postgresjs)('the plans of what was recorded, with many rows', () => {
  it('name what will be slow, by the statements and parameters that real clients sent', async () => {
    const isolated = await isolateAt(url, boundary)
    const pool = poolAt(isolated.url)
    await pool.query('select * from orders where id = $1', [1])
    await pool.query('select * from orders where customer = $1', [1])
    await pool.query('select * from orders where code = $1', [Buffer.from([1, 2])])
    await pool.query('select o.id from orders o join customers c on c.name > o.note where c.city <> $1', ['there'])
    await pool.query('select * from orders order by total, note')
    await pool.query('select * from orders order by id limit 5')
    await pool.query("insert into orders(customer, total, note) values (1, 6, 'y')")
    const sql = postgresjs(isolated.url, { max: 1, fetch_types: false, onnotice: () => {} })
    await sql`select note from orders where note = ${'it'} and total > ${5}`
    await sql.end()
    const statements = isolated.notes.statements().map(({ question }) => question)
    const { changes, compared, skipped } = await plansOf(statements)
    expect(skipped).toEqual([])
    expect(compared).toBe(7)
    const found = changes.map(({ kind, table, fingerprint }) => `${kind} ${table ?? ''}: ${fingerprint}`).sort()
    expect(found).toEqual(
      expect.arrayContaining([
        'sequential scan orders: SELECT * FROM orders WHERE customer = ?',
        'sequential scan orders: SELECT note FROM orders WHERE note = ? AND total > ?',
        expect.stringMatching(/^nested loop \w+: SELECT o\.id FROM orders/),
      ]),
    )
    expect(found.filter((line) => /WHERE (?:id|code) =|LIMIT/.test(line))).toEqual([])
    for (const { smallCost, largeCost } of changes) expect(largeCost).toBeGreaterThan(smallCost * 10)
  })

  it('say which statements could not be asked about, and run none', async () => {
    const statements = [
      { sql: 'select * from nothing', parameters: [] },
      { sql: 'select * from orders where id = $1', parameters: ['[redacted]'] },
      { sql: "select setval('orders_id_seq', 900)", parameters: [] },
      { sql: 'delete from orders', parameters: [] },
    ]
    const { changes, compared, skipped } = await plansOf(statements)
    expect({ changes, compared }).toEqual({ changes: [], compared: 1 })
    expect(skipped.map(({ reason }) => reason.slice(0, 5))).toEqual(['42P01', '22P02'])
    expect(server.sql("select count(*) from pg_database where datname like 'mortar_c%'")).toBe('0')
  })

  it('are not asked for where no volume is named', async () => {
    const input = postgres({})
    expect(await plansOfBoundary({ url, input, directory: '.', env: {}, statements: [] })).toBeUndefined()
  })
})
