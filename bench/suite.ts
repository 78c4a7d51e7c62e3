import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { Samples } from './measure.ts'
import { temporaryFolder } from './project.ts'
import { number, table } from './table.ts'

const files = 20
const testsPerFile = 25
const repository = join(import.meta.dirname, '..')
const ways = ['a private database each (swap)', 'one database, own keys (none)', 'no plugin, one database'] as const

/** 500 tests of five statements each, in two workers on two cores. */
export async function suite(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  for (let round = 1; round <= rounds; round++) {
    for (const way of ways) {
      progress(`suite, round ${round} of ${rounds}: ${way}`)
      samples.add(way, await run(makeSuite(way), way))
    }
  }
  const [swap, none] = ways.map((way) => samples.median(way))
  const rows = ways.map((way) => {
    const total = samples.median(way)
    return [way, number(total && total / 1000, 1), number(total && total / (files * testsPerFile), 1)]
  })
  const share = swap && none && (swap - none) / swap
  return [
    table([`${files * testsPerFile} tests, 2 workers, 2 cores`, 'total s', 'ms per test'], rows),
    `Share of the total that isolation takes (swap against none): ${number(share && share * 100, 0)} %`,
  ].join('\n\n')
}

function makeSuite(way: (typeof ways)[number]): string {
  const folder = temporaryFolder('suite')
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['vitest', 'pg'])
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name))
  symlinkSync(repository, join(folder, 'node_modules', 'mortar'))
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(folder, 'migrations', '1.sql'),
    'CREATE TABLE orders (id text PRIMARY KEY, total int); CREATE TABLE lines (id serial, "order" text REFERENCES orders)',
  )
  const isolation = way === ways[0] ? 'swap' : 'none'
  writeFileSync(
    join(folder, 'mortar.config.mjs'),
    `export default { boundaries: { orders: { protocol: 'postgres', isolation: '${isolation}', migrations: 'migrations' } } }`,
  )
  const plugins = way === ways[2] ? '' : "import { mortar } from 'mortar/vitest'\n"
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `${plugins}export default { plugins: [${plugins && 'mortar()'}], test: { pool: 'forks', maxWorkers: 2 } }`,
  )
  for (let file = 0; file < files; file++) {
    writeFileSync(
      join(folder, `file-${file}.test.mjs`),
      `import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 })
afterAll(() => pool.end())
for (let i = 0; i < ${testsPerFile}; i++) test('test ' + i, async () => {
  const id = ${way === ways[0] ? "'same'" : `'${file}-' + i`}
  await pool.query('INSERT INTO orders VALUES ($1, 10)', [id])
  await Promise.all([1, 2].map(() => pool.query('INSERT INTO lines ("order") VALUES ($1)', [id])))
  await pool.query('UPDATE orders SET total = 20 WHERE id = $1', [id])
  const { rows } = await pool.query('SELECT total FROM orders WHERE id = $1', [id])
  expect(rows).toEqual([{ total: 20 }])
})`,
    )
  }
  return folder
}

/** Milliseconds for `vitest run` on two cores; the server runs already, and its template is made. */
async function run(folder: string, way: string): Promise<number> {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const cli = join(repository, 'dist/cli/main.js')
  const report = join(folder, 'took.json')
  const script = `const began = performance.now()
const { spawnSync } = require('node:child_process')
const ran = spawnSync('taskset', ['-c', '0,1', process.execPath, '${vitest}', 'run', '--reporter=dot'], { encoding: 'utf8' })
require('node:fs').writeFileSync('${report}', JSON.stringify({ ms: performance.now() - began, code: ran.status, said: ran.stdout + ran.stderr }))`
  const before = `const fs = require('node:fs'); const pg = require('pg'); (async () => {
  const client = new pg.Client(process.env.DATABASE_URL); await client.connect()
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'); await client.query(fs.readFileSync('migrations/1.sql', 'utf8')); await client.end() })()`
  writeFileSync(join(folder, 'before.cjs'), before)
  writeFileSync(join(folder, 'timed.cjs'), script)
  const prepare = way === ways[0] ? '' : 'node before.cjs && '
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'up', '--', 'sh', '-c', `${prepare}node timed.cjs`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    child.once('error', reject).once('exit', () => resolve())
  })
  const { ms, code, said } = JSON.parse(readFileSync(report, 'utf8')) as { ms: number; code: number; said: string }
  if (code !== 0) throw new Error(`the suite failed: ${said.slice(-2000)}`)
  return ms
}
