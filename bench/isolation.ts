import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { median } from './measure.ts'
import { dist, temporaryFolder } from './project.ts'
import { startServer } from './server.ts'
import { number, table, verdict } from './table.ts'

const tables = Array.from({ length: 10 }, (_, i) => `t${i}`)
const connections = 5
/** What a test does takes about this long, milliseconds; the next database is prepared meanwhile. */
const testMs = 25

interface Way {
  /** The pool that the test uses. */
  pool(): pg.Pool
  /** What happens between two tests. */
  next(): Promise<void>
  close(): Promise<void>
}

/** What it costs to give each test a state of its own: milliseconds between two tests that have written. */
export async function isolation(rounds: number, progress: (text: string) => void): Promise<string> {
  const folder = temporaryFolder('isolation')
  mkdirSync(join(folder, 'migrations'))
  const schema = tables.map((name) => `CREATE TABLE ${name} (id serial PRIMARY KEY, name text UNIQUE, at timestamptz)`)
  writeFileSync(join(folder, 'migrations', '1.sql'), schema.join(';\n'))
  const server = await startServer('postgres', folder)
  const times = new Map<string, number[]>()
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const [name, open] of Object.entries(ways(server.url, folder))) {
        progress(`isolation, round ${round} of ${rounds}: ${name}`)
        times.set(name, [...(times.get(name) ?? []), ...(await measure(await open()))])
      }
    }
  } finally {
    await server.close()
  }
  const rows = [...times].map(([name, all]) => [name, number(median(all), 1), number(quantile95(all), 1)])
  return [
    table([`between tests, ${connections} connections, 10 tables`, 'median ms', 'p95 ms'], rows),
    [
      verdict('swap, prewarmed, ms', median(times.get('mortar swap') ?? []), 5, 'low'),
      verdict('pin, ms', median(times.get('mortar pin') ?? []), 1, 'low'),
    ].join('\n'),
  ].join('\n\n')
}

function quantile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? NaN
}

async function measure(way: Way): Promise<number[]> {
  const times: number[] = []
  try {
    for (let test = 0; test < 40; test++) {
      const pool = way.pool()
      await Promise.all(Array.from({ length: connections }, () => pool.query('SELECT 1')))
      await pool.query("INSERT INTO t0 (name) VALUES ('the same')")
      await pool.query("INSERT INTO t1 (name) VALUES ('the same')")
      await delay(testMs)
      const started = performance.now()
      await way.next()
      if (test >= 10) times.push(performance.now() - started)
    }
  } finally {
    await way.close()
  }
  return times
}

function ways(url: string, directory: string): Record<string, () => Promise<Way>> {
  return {
    'mortar swap': () => byMortar('swap', url, directory),
    'mortar pin': () => byMortar('pin', url, directory),
    'mortar truncate': () => byMortar('truncate', url, directory),
    'TRUNCATE of all tables': async () => {
      const { pool, close } = await ownDatabase(url, directory)
      return {
        pool: () => pool,
        next: async () => void (await pool.query(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY CASCADE`)),
        close,
      }
    },
    'database from template, pool reopened': () => templatePerTest(url, directory),
  }
}

async function byMortar(kind: string, url: string, directory: string): Promise<Way> {
  const { isolatePostgres } = await import(join(dist, 'services/postgres-isolation/isolate.js'))
  const { createFaultSet } = await import(join(dist, 'modes/faults/fault-set.js'))
  const exchange = { message() {}, close() {} }
  const isolated = await isolatePostgres({
    url,
    input: { protocol: 'postgres', isolation: kind, migrations: 'migrations' },
    boundary: 'orders',
    worker: `bench-${process.pid}`,
    directory,
    env: process.env,
    recorder: { open: () => exchange },
    faults: createFaultSet(),
  })
  const pool = poolAt(isolated.url)
  return {
    pool: () => pool,
    next: async () => void (await isolated.next('a test')),
    async close() {
      await pool.end()
      await isolated.close()
    },
  }
}

async function ownDatabase(url: string, directory: string): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  const name = `bench_${process.pid}`
  await admin(url, `DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`)
  const at = withDatabase(url, name)
  await migrate(at, directory)
  const pool = poolAt(at)
  const close = async (): Promise<void> => {
    await pool.end()
    await admin(url, `DROP DATABASE ${name} WITH (FORCE)`)
  }
  return { pool, close }
}

async function templatePerTest(url: string, directory: string): Promise<Way> {
  const template = `bench_template_${process.pid}`
  await admin(url, `DROP DATABASE IF EXISTS ${template}`, `CREATE DATABASE ${template}`)
  await migrate(withDatabase(url, template), directory)
  let count = 0
  const clone = `TEMPLATE ${template} STRATEGY FILE_COPY`
  const nameOf = (): string => `bench_test_${process.pid}_${count}`
  await admin(url, `CREATE DATABASE ${nameOf()} ${clone}`)
  let pool = poolAt(withDatabase(url, nameOf()))
  return {
    pool: () => pool,
    async next() {
      await pool.end()
      const before = nameOf()
      count++
      await admin(url, `CREATE DATABASE ${nameOf()} ${clone}`, `DROP DATABASE ${before}`)
      pool = poolAt(withDatabase(url, nameOf()))
      await Promise.all(Array.from({ length: connections }, () => pool.query('SELECT 1')))
    },
    async close() {
      await pool.end()
      await admin(url, `DROP DATABASE ${nameOf()}`, `DROP DATABASE ${template}`)
    },
  }
}

function poolAt(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: connections })
  pool.on('error', () => {})
  return pool
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

async function migrate(url: string, directory: string): Promise<void> {
  const { readFileSync } = await import('node:fs')
  const client = new pg.Client(url)
  await client.connect()
  await client.query(readFileSync(join(directory, 'migrations', '1.sql'), 'utf8'))
  await client.end()
}

async function admin(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(withDatabase(url, 'postgres'))
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}
