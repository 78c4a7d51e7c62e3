import { afterAll, beforeAll, expect, it, describe } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { type CheckedProject, checkProject } from './checked-project.ts'

const isThere = postgresBinaries !== undefined && optionalPackage('pg') && optionalPackage('drizzle-orm')

const schema = `create table customers (id serial primary key, email text unique not null);
create table orders (id serial primary key, customer_id int references customers, note text);
insert into customers (email) select 'c' || n || '@example.org' from generate_series(1, 6) n;
insert into orders (customer_id, note) select n, 'note ' || n from generate_series(1, 6) n;`

const suite = `import { drizzle } from 'drizzle-orm/node-postgres'
import { eq } from 'drizzle-orm'
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
const customers = pgTable('customers', { id: serial('id'), email: text('email') })
const orders = pgTable('orders', { id: serial('id'), customerId: integer('customer_id'), note: text('note') })
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
const db = drizzle(pool)
afterAll(() => pool.end())
const charge = () => fetch(process.env.PAYMENTS_URL + '/v1/charges', { method: 'POST', body: '{"amount":5}',
  headers: { 'content-type': 'application/json', 'x-request-id': 'req-from-client' } })

test('lists orders with their customers', async () => {
  for (const order of await db.select().from(orders))
    await db.select().from(customers).where(eq(customers.id, order.customerId))
})
test('lists orders with one join', async () => {
  await db.select().from(orders).innerJoin(customers, eq(customers.id, orders.customerId))
})
test('places an order', async () => {
  await db.transaction(async (tx) => {
    await tx.insert(orders).values({ customerId: 1, note: 'new' })
    expect((await charge()).status).toBe(503)
    await db.select().from(orders).where(eq(orders.customerId, 1))
  })
})
test('takes a customer twice', async () => {
  await pool.query('insert into customers (email) values ($1)', ['c1@example.org'])
})
test('asks for a column that is not there', async () => {
  await pool.query('select nothing from orders')
})
test('fails for a reason of its own', async () => {
  const { rows } = await pool.query('select count(*)::int as n from orders')
  expect(rows[0].n).toBe(99)
})
test('is told that payments are closed', async () => {
  const answer = await charge()
  if (!answer.ok) throw new Error('payments: ' + (await answer.json()).message)
})`

describe.skipIf(!isThere)('a run against PostgreSQL', () => {
  let server: PostgresServer
  let checked: CheckedProject
  const found = (code: string) => checked.summary.findings.filter((finding) => finding.code === code)

  beforeAll(async () => {
    server = await startPostgres(['max_connections=200'])
    server.sql('create database shop')
    server.sql(schema, 'shop')
    const payments = await upstream(
      (_request, response) => {
        response.writeHead(503, { 'content-type': 'application/json', 'x-request-id': 'req-from-service' })
        response.end('{"message":"the till is closed today"}')
      },
      { after: () => {} },
    )
    checked = await checkProject({
      boundaries: `{ orders: postgres({ env: 'DATABASE_URL' }),
  payments: http({ origin: '${payments.origin}', env: 'PAYMENTS_URL' }) }`,
      suite,
      packages: ['pg', 'drizzle-orm'],
      env: {
        DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/shop`,
        PAYMENTS_URL: payments.origin,
      },
    })
    await payments.close()
  }, 120_000)
  afterAll(async () => {
    checked?.close()
    await server?.stop()
  })

  it('names the N+1 of an ORM with the query that it follows, and the test', () => {
    expect(found('n-plus-one'), checked.printed).toMatchObject([
      {
        severity: 'warning',
        boundary: 'orders',
        title: 'orders: 6 × SELECT customers, one for each of the 6 rows of SELECT orders',
        tests: [{ file: 'suite.test.mjs', name: 'lists orders with their customers' }],
        testCount: 1,
        command: "npx mortar timeline --test 'lists orders with their customers'",
      },
    ])
  })

  it('names the HTTP call that a transaction waited for, and the second connection', () => {
    expect(found('idle-in-transaction')).toMatchObject([
      { tests: [{ name: 'places an order' }], title: expect.stringContaining('payments was asked POST /v1/charges') },
    ])
    expect(found('second-connection-in-transaction')).toMatchObject([
      {
        tests: [{ name: 'places an order' }],
        title: expect.stringContaining('does not see what that wrote to orders'),
      },
    ])
  })

  it.each([
    ['takes a customer twice', 'orders', 'constraint', /^INSERT customers was answered by 23505 duplicate key/],
    [
      'asks for a column that is not there',
      'orders',
      'schema',
      /^SELECT orders was answered by 42703 column "nothing"/,
    ],
    ['fails for a reason of its own', null, 'undetermined', /went well$/],
    ['is told that payments are closed', 'payments', 'external-answer', /the error of the test quotes what it said$/],
  ])('says of "%s" which boundary broke and how', (name, boundary, kind, because) => {
    expect(checked.testOf(name).diagnosis, checked.printed).toMatchObject({
      boundary,
      kind,
      because: expect.stringMatching(because),
    })
    expect(checked.printed).toContain(boundary === null ? '    undetermined' : `${boundary} · ${kind}`)
  })

  it('says nothing of tests that passed', () => {
    expect(checked.testOf('lists orders with one join')).toMatchObject({
      state: 'passed',
      diagnosis: null,
      artifacts: null,
    })
  })

  it('keeps the timeline of a failed test with its SQL and its error, and prints where', () => {
    const { artifacts } = checked.testOf('takes a customer twice')
    expect(artifacts).toMatch(
      /^\.mortar\/runs\/[^/]+\/artifacts\/suite\.test\/takes-a-customer-twice-[0-9a-f]{6}\/timeline\.md$/,
    )
    expect(checked.printed).toContain(artifacts!)
    const text = checked.made.read(artifacts!)
    expect(text).toContain('insert into customers (email) values ($1)')
    expect(text).toContain('- error: 23505 duplicate key value violates unique constraint "customers_email_key"')
    expect(text).toContain('- constraint: customers_email_key')
    expect(text).toContain('**orders** · constraint')
  })

  it('keeps bodies as files and names requests by their ids', () => {
    const { artifacts } = checked.testOf('is told that payments are closed')
    const text = checked.made.read(artifacts!)
    expect(text).toContain('x-request-id: req-from-client')
    expect(text).toContain('x-request-id: req-from-service')
    const folder = artifacts!.replace('/timeline.md', '')
    const [, request] = /\((\d+-request\.json)\)/.exec(text)!
    const [, response] = /\((\d+-response\.json)\)/.exec(text)!
    expect(checked.made.read(`${folder}/${request}`)).toBe('{"amount":5}')
    expect(JSON.parse(checked.made.read(`${folder}/${response}`))).toEqual({ message: 'the till is closed today' })
  })

  it('prints the timeline of a test, its loop as one line', async () => {
    const { code, stdout } = await checked.made.mortar(['timeline', '--test', 'lists orders with their customers'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/6 × SELECT id, email .*→ 6 rows in all \(N\+1\)/)
    expect(stdout.match(/SELECT id, email/g)).toHaveLength(1)
    expect(stdout).toContain('n-plus-one')
  })

  it('lists the tests of a run and shows those that failed', async () => {
    const { stdout } = await checked.made.mortar(['timeline'])
    expect(stdout).toMatch(/✓ suite\.test\.mjs > lists orders with one join +\d exchange/)
    expect(stdout).toMatch(/✗ suite\.test\.mjs > takes a customer twice\n +failed after/)
  })

  it('gives programs the same as JSON', async () => {
    const { stdout } = await checked.made.mortar(['timeline', '--json', '--test', 'twice'])
    const { tests } = JSON.parse(stdout) as { tests: { rows: { sql: string; error: object }[]; diagnosis: object }[] }
    expect(tests).toMatchObject([
      {
        diagnosis: { kind: 'constraint' },
        rows: [{ sql: expect.stringContaining('insert into'), error: { code: '23505' } }],
      },
    ])
  })

  it('names the nearest test and run when there is none of that name', async () => {
    const test = await checked.made.mortar(['timeline', '--test', 'takes a customer thrice'])
    expect(test.code).toBe(2)
    expect(test.stderr).toContain('Did you mean `takes a customer twice`?')
    const run = await checked.made.mortar(['timeline', '--run', '20260101T000000-0000'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('unknown run')
  })
})

it('says that there is no run yet', async () => {
  const { code, stderr } = await project({ config: 'export default {}' }).mortar(['timeline'])
  expect(code).toBe(2)
  expect(stderr).toContain('no run is kept here yet')
})
