import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isInstalled } from '../providers/support.ts'
import { runSuite, suiteProject } from './suite.ts'

const needs = it.skipIf(!isInstalled('postgres'))
const boundaries = "orders: postgres({ migrations: 'migrations' })"
const migrations = { 'migrations/1-orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY)' }
const vitest = ['node_modules/vitest/vitest.mjs', 'run']

needs.each([
  ['a worker for each file', []],
  ['a thread for each file', ['--pool=threads']],
  ['one worker for all files', ['--no-isolate', '--maxWorkers=1']],
  ['one thread for all files', ['--no-isolate', '--maxWorkers=1', '--pool=threads']],
])('an application that never closes its pool runs in %s, and ends with it', async (_, args) => {
  const suite = `import { pool } from './app.mjs'
test('first', async () => { await pool.query('INSERT INTO orders VALUES (1)') })
test('second', async () => { await pool.query('INSERT INTO orders VALUES (1)') })`
  const app = `import pg from 'pg'
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })`
  const files = { ...migrations, 'app.mjs': app }
  const made = suiteProject({ boundaries, packages: ['pg'], suites: [suite, suite], files })
  const ran = await made.node([...vitest, ...args, '--reporter=default'])
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/Tests +4 passed/) })
})

needs('what is asked between two files of one worker is no failure of either', async () => {
  const suite = `import { asked, pool } from './app.mjs'
test('first', async () => { await pool.query('INSERT INTO orders VALUES (1)'); await asked() })`
  const app = `import pg from 'pg'
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
let count = 0
const ask = () => pool.query('SELECT 1').then(() => { count++; setTimeout(ask, 1).unref() })
await ask()
export async function asked() { const before = count; while (count === before) await new Promise((resolve) => setTimeout(resolve, 1)) }`
  const files = { ...migrations, 'app.mjs': app }
  const made = suiteProject({ boundaries, packages: ['pg'], suites: [suite, suite, suite], files })
  const ran = await made.node([...vitest, '--no-isolate', '--maxWorkers=1', '--reporter=default'])
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/Tests +3 passed/) })
})

needs('a server that dies fails the tests that ask it, and the next run has a new one', async () => {
  const suite = `import pg from 'pg'
import { globSync, readFileSync } from 'node:fs'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', () => {})
afterAll(() => pool.end())
const ask = () => pool.query('INSERT INTO orders VALUES (1)')
test('before', ask)
test('while', async () => {
  for (const file of process.env.DIES ? globSync(process.env.XDG_CACHE_HOME + '/mortar/leases/*/*/*/servers.json') : [])
    for (const { pid } of JSON.parse(readFileSync(file, 'utf8'))) process.kill(pid, 'SIGKILL')
  // What serves a connection answers for a moment after its server has died.
  while (process.env.DIES) await pool.query('SELECT 1')
  await ask()
})
test('after', ask)`
  const made = suiteProject({ boundaries, packages: ['pg'], suites: [suite], files: migrations })
  const cache = join(made.directory, 'cache')
  const leases = (): string[] => globSync(`${cache}/mortar/leases/*/*/*`)
  const died = await runSuite(made, [], { XDG_CACHE_HOME: cache, DIES: '1' })
  const told = /MORTAR_POSTGRES_FAILED|ECONNREFUSED|terminat|could not be moved/
  expect(died).toEqual({ before: 'passed', while: expect.stringMatching(told), after: expect.stringMatching(told) })
  expect(died['after']).not.toContain('timed out')
  expect(made.read('report.json')).not.toContain('Hook timed out')
  await expect.poll(leases).toEqual([])
  const again = await runSuite(made, [], { XDG_CACHE_HOME: cache })
  expect(again).toEqual({ before: 'passed', while: 'passed', after: 'passed' })
  await expect.poll(leases).toEqual([])
})
