import { expect, it } from 'vitest'
import { isInstalled } from '../providers/support.ts'
import { runSuite, suiteProject } from './suite.ts'

const files = { 'migrations/1-orders.sql': 'CREATE TABLE orders (id serial PRIMARY KEY, name text UNIQUE)' }
const pool = `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
afterAll(() => pool.end())
`

it.skipIf(!isInstalled('postgres')).each(['swap', 'pin', 'truncate'])(
  'PostgreSQL by %s: tests that insert the same key never meet, and find the seed',
  async (isolation) => {
    const suites = [1, 2].map(
      (n) => `${pool}
const names = async () => (await pool.query('SELECT name FROM orders ORDER BY id')).rows.map(({ name }) => name)
for (const name of ['first', 'second', 'third']) {
  test(name + ' ${n}', async () => {
    expect(await names()).toEqual(['seeded'])
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query("INSERT INTO orders(name) VALUES ('same')")
    await client.query('COMMIT')
    client.release()
    await expect(pool.query("INSERT INTO orders(name) VALUES ('same')")).rejects.toMatchObject({ code: '23505' })
    expect(await names()).toEqual(['seeded', 'same'])
    expect(await mortarTest.boundary('orders').row('SELECT count(*)::int AS n FROM orders')).toEqual({ n: 2 })
  })
}`,
    )
    const boundaries = `orders: postgres({ isolation: '${isolation}', migrations: 'migrations', seed: { orders: [{ name: 'seeded' }] } })`
    const outcomes = await runSuite(suiteProject({ boundaries, packages: ['pg'], suites, files }))
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 6 }, () => 'passed'))
  },
)

it.skipIf(!isInstalled('postgres'))('PostgreSQL by pin: the test that cannot work so fails, and says why', async () => {
  const suite = `${pool}
test('listens', async () => { await pool.query('LISTEN news').catch(() => {}) })
test('reads', async () => { expect((await pool.query('SELECT * FROM orders')).rows).toEqual([]) })`
  const boundaries = "orders: postgres({ isolation: 'pin', migrations: 'migrations' })"
  const outcomes = await runSuite(suiteProject({ boundaries, packages: ['pg'], suites: [suite], files }))
  expect(outcomes).toEqual({
    listens: expect.stringMatching(
      /MORTAR_PIN_REFUSED.*"listens" cannot share one transaction: notify: a notification/s,
    ),
    reads: 'passed',
  })
})

it.skipIf(!isInstalled('postgres'))('PostgreSQL: an option that is none is named', async () => {
  const made = suiteProject({
    boundaries: "orders: postgres({ isolation: 'snapshot' })",
    suites: ['test("a", () => {})'],
  })
  const { code, stdout, stderr } = await made.node(['node_modules/vitest/vitest.mjs', 'run'])
  expect(code).not.toBe(0)
  expect(stdout + stderr).toMatch(/boundaries\.orders\.isolation.*one of swap, pin, truncate, none/s)
})

it.skipIf(!isInstalled('postgres'))(
  'PostgreSQL by pin: a result larger than the client reads at once is whole',
  async () => {
    const suite = `${pool}
test('reads', async () => {
  const { rowCount } = await pool.query('SELECT n, md5(n::text) FROM generate_series(1, 500000) n')
  expect(rowCount).toBe(500_000)
})`
    const made = suiteProject({
      boundaries: "orders: postgres({ isolation: 'pin', migrations: 'migrations' })",
      packages: ['pg'],
      suites: [suite],
      files,
    })
    const ran = await made.node(['node_modules/vitest/vitest.mjs', 'run', '--reporter=default'])
    expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Warning') })
  },
)
