import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { project, repository } from '../support/project.ts'
import { type CheckedProject, checkProject } from './checked-project.ts'

const isThere = postgresBinaries !== undefined && optionalPackage('pg')

const schema = `
create table orders (id serial primary key, customer_id int not null, status text not null);
insert into orders (customer_id, status) select n, 'open' from generate_series(1, 6) n;`

const suite = `import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
afterAll(() => pool.end())
test('finds an order', async () => {
  expect((await pool.query('select * from orders where id = $1', [1])).rows).toHaveLength(1)
})
test('lists the orders of a customer', async () => {
  expect((await pool.query('select * from orders where customer_id = $1', [1])).rows).toHaveLength(1)
})
test('greets a customer', async () => {
  await pool.query('select * from orders where customer_id = $1', [2])
  await pool.query('insert into orders (customer_id, status) values ($1, $2)', [2, 'new'])
})`

const boundaries = "{ orders: postgres({ env: 'DATABASE_URL', volume: { orders: 100_000 } }) }"

describe.skipIf(!isThere)('plans with as many rows as production has', () => {
  let server: PostgresServer
  const opened: CheckedProject[] = []

  async function check(database: string, more = '', tests = suite): Promise<CheckedProject> {
    server.sql(`create database ${database}`)
    server.sql(schema + more, database)
    const env = { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/${database}` }
    const checked = await checkProject({ boundaries, suite: tests, packages: ['pg'], env })
    opened.push(checked)
    return checked
  }

  const codesOf = ({ summary }: CheckedProject): string[] => summary.findings.map(({ code }) => code)

  beforeAll(async () => {
    server = await startPostgres(['max_connections=100'])
  })
  afterAll(async () => {
    for (const each of opened) each.close()
    await server?.stop()
  })

  it('name a table that is then read from end to end, once for all tests that asked, and the index it wants', async () => {
    const checked = await check('slow')
    const { summary, printed, made } = checked
    const found = summary.findings.filter(({ code }) => code === 'plan-changes-at-volume')
    expect(found, printed).toMatchObject([
      {
        severity: 'warning',
        boundary: 'orders',
        title: expect.stringMatching(/^orders: with many rows, SELECT orders reads all 100006 rows of orders/),
        fix: expect.stringContaining('CREATE INDEX ON orders (customer_id)'),
        testCount: 2,
        tests: [{ name: 'lists the orders of a customer' }, { name: 'greets a customer' }],
      },
    ])
    expect(found[0]!.exchanges).toHaveLength(1)
    expect(found[0]!.detail.split('\n')).toEqual([
      'SELECT * FROM orders WHERE customer_id = ?',
      expect.stringMatching(/^in tests \(6 rows of orders\): Seq Scan on orders, cost \d+$/),
      expect.stringMatching(/^at volume \(100,006 rows of orders\): .*Seq Scan on orders, cost \d{3,}$/),
    ])
    expect(summary.verdict.passed).toBe(true)
    expect(printed).toContain('orders: making 100,000 rows of orders, once for this volume')
    expect(printed).toContain('plan-changes-at-volume')
    expect(made.read('.mortar/report.html')).toContain('CREATE INDEX ON orders (customer_id)')
    // The second run finds the volume that the first one made.
    const again = await made.mortar(['check', '--json'], {
      env: {
        XDG_CACHE_HOME: made.directory,
        DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/slow`,
      },
    })
    expect(again.stderr).not.toContain('making 100,000 rows')
    const { findings } = JSON.parse(again.stdout) as CheckedProject['summary']
    expect(findings.map(({ code }) => code)).toContain('plan-changes-at-volume')
    const env = { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/slow` }
    const ran = await made.mortar(['run', '--', 'npx', 'vitest', 'run'], { env })
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('CREATE INDEX ON orders (customer_id)') })
    expect(server.sql("select count(*) from pg_database where datname like 'mortar_c%'")).toBe('0')
  })

  it('are not told of where an index serves the statement', async () => {
    const checked = await check('quick', 'create index on orders (customer_id)')
    expect(checked.printed).toContain('making 100,000 rows of orders')
    expect(codesOf(checked)).toEqual([])
  })

  it('are said to be unknown for what the budget leaves out, and for what cannot be asked', async () => {
    const many = `${suite}
test('asks a lot of different things', async () => {
  for (let n = 0; n < 205; n++) await pool.query('select id as a' + n + ' from orders where id = 1')
})
test('reads a table that only it knows', async () => {
  await pool.query('create table mine (id int)')
  await pool.query('select * from mine')
  await pool.query('select * from mine')
})`
    const { summary, printed } = await check('many', 'create index on orders (customer_id)', many)
    const note = summary.findings.find(({ code }) => code === 'plans-not-compared')
    expect(note, printed).toMatchObject({
      severity: 'note',
      title: 'orders: the plans of 9 of 208 statements are not known at volume',
      detail: expect.stringMatching(/^SELECT \* FROM mine: 42P01 relation "mine" does not exist\n/),
    })
    expect(note!.detail.match(/out of the budget/g)).toHaveLength(8)
  })

  it('are a warning, and lose nothing of the run, where the rows cannot be made up', async () => {
    const { summary, printed } = await check(
      'refused',
      "alter table orders add check (status ~ '^[a-z]+$' and length(status) = 4)",
    )
    const warning = summary.findings.find(({ code }) => code === 'MORTAR_VOLUME_REFUSED')
    expect(warning, printed).toMatchObject({
      severity: 'warning',
      title: expect.stringMatching(/^orders: plans are not compared at volume: .*status/),
    })
    expect(summary.totals.tests.passed + summary.totals.tests.failed).toBe(3)
  })

  it('are not asked for where tests write to the only database there is, and that is said', async () => {
    server.sql('create database shared')
    server.sql(schema, 'shared')
    const env = { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/shared` }
    const none = boundaries.replace('volume', "isolation: 'none', volume")
    const checked = await checkProject({ boundaries: none, suite, packages: ['pg'], env })
    opened.push(checked)
    expect(checked.summary.findings, checked.printed).toMatchObject([
      { code: 'plans-not-compared', detail: expect.stringContaining("`isolation: 'none'`") },
    ])
  })

  it('are given up on Ctrl-C, with the report written and nothing left on the server', async ({ onTestFinished }) => {
    server.sql('create database large')
    server.sql(schema, 'large')
    const made = project({
      after: onTestFinished,
      config: `import { postgres } from 'mortar'
export default { boundaries: { orders: postgres({ env: 'DATABASE_URL', volume: { orders: 400_000_000 } }) } }`,
      files: {
        'ask.mjs': `import pg from 'pg'
const client = new pg.Client(process.env.DATABASE_URL)
await client.connect()
await client.query('select * from orders')
await client.end()`,
      },
      packages: ['pg'],
    })
    const env = { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/large` }
    const command = [join(repository, 'dist/cli/main.js'), 'check', '--', 'node', 'ask.mjs']
    const cli = made.start(process.execPath, command, { cwd: made.directory, env })
    await cli.said('making 400,000,000 rows')
    while (server.sql("select count(*) from pg_stat_activity where query ilike 'insert%' and state = 'active'") !== '1')
      await delay(50)
    cli.kill('SIGINT')
    expect(await cli.ended).toMatchObject({
      code: 130,
      stdout: expect.stringContaining('✓ PASSED'),
      stderr: expect.stringContaining('stopped by SIGINT'),
    })
    expect(made.has('.mortar/report.html')).toBe(true)
    expect(server.sql("select count(*) from pg_database where datname like '%\\_draft'")).toBe('0')
  })
})
