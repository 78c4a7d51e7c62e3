import { expect, it } from 'vitest'
import { journalOf } from '../../support/journal.ts'
import { type Project, project } from '../../support/project.ts'
import { isInstalled } from '../providers/support.ts'

const isAble = isInstalled('postgres') && isInstalled('redis')
const needsBoth = isAble ? it : it.skip

/** A program whose clients are made when it is loaded, which is while `mortar/node-test` attaches. */
function shop(): Project {
  return project({
    config: `import { postgres, redis } from 'mortar'
export default { boundaries: { db: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }), cache: redis({ env: 'CACHE_URL' }) } }`,
    files: {
      'migrations/001.sql': 'create table orders (id serial primary key, item text not null)',
      'orders.mjs': `import pg from 'pg'
import { Redis } from 'ioredis'
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
export const cache = new Redis(process.env.CACHE_URL)
cache.on('error', () => {})
const first = cache.ping()
export async function order(item) {
  await first
  await pool.query('insert into orders (item) values ($1)', [item])
  await cache.incr('orders')
  const { rows } = await pool.query('select item from orders')
  return [rows.map(({ item }) => item), await cache.get('orders')]
}`,
      'orders.test.mjs': `import assert from 'node:assert/strict'
import { after, test } from 'mortar/node-test'
import { cache, order, pool } from './orders.mjs'
after(() => { cache.disconnect(); return pool.end() })
test('one order', async () => assert.deepEqual(await order('book'), [['book'], '1']))
test('another order', async () => assert.deepEqual(await order('lamp'), [['lamp'], '1']))`,
    },
    packages: ['pg', 'ioredis'],
  })
}

needsBoth('clients that were made before this process had addresses of its own ask there all the same', async () => {
  const made = shop()
  const ran = await made.mortar(['check', '--', 'node', '--test', 'orders.test.mjs'])
  expect(ran.code, ran.stdout + ran.stderr).toBe(0)
  expect(ran.stdout + ran.stderr).not.toContain('MORTAR_VACUOUS')
  const asked = journalOf(made).flatMap((event) =>
    event.t === 'ask' ? [`${event.operation} ${event.test?.name}`] : [],
  )
  expect(asked).toContainEqual(expect.stringMatching(/^insert.*one order$/i))
  expect(asked).toContain('INCR orders another order')
})

needsBoth('without a run around it, a client that was made before its variable was set is named', async () => {
  const made = shop()
  made.write(
    'orders.test.mjs',
    `import { test } from 'mortar/node-test'
import { pool } from './pool.mjs'
test('one order', () => pool.query('select 1').catch(() => {}).finally(() => pool.end()))`,
  )
  made.write(
    'pool.mjs',
    "import pg from 'pg'\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })",
  )
  const { stdout, stderr } = await made.node(['--test', 'orders.test.mjs'])
  expect(stdout + stderr).toContain('since DATABASE_URL was not set when it was made. Run `mortar run -- node --test`')
})
