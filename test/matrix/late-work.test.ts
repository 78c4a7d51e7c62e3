import { expect, it } from 'vitest'
import { missing } from '../support/missing-servers.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const shop = `import pg from 'pg'
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', () => {})
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function note(id) {
  for (let attempt = 0; attempt < 4; attempt++) {
    try { return await pool.query('INSERT INTO notes (note) VALUES ($1)', [id]) } catch {}
    await pause(400)
  }
}
export async function order(id) {
  await pool.query('SELECT pg_sleep(0.3)')
  void note(id)
  await pool.query('SELECT 1')
}
`

it.skipIf(missing('postgres'))(
  'what is done only behind a test that did not wait for it is part of its run, and not of the next',
  async ({ onTestFinished: after }) => {
    const { document } = await runMatrix(
      matrixProject({
        after,
        packages: ['pg'],
        boundaries: `db: postgres({ env: 'DATABASE_URL', migrations: 'migrations' })`,
        files: {
          'migrations/1.sql': 'CREATE TABLE notes (id serial, note text)',
          'shop.mjs': shop,
          'shop.test.mjs': `import { afterAll, test } from 'vitest'
import { order, pool } from './shop.mjs'
afterAll(() => pool.end())
test('an order', async () => { await order('o1') })`,
        },
      }),
    )
    const notes = document.cells.filter(({ operation }) => operation === 'INSERT notes')
    expect(notes.length).toBeGreaterThan(4)
    // Some time later it is there, and once, unless it was there before.
    const odd = document.cells.filter(({ what }) => /INSERT notes/.test(what ?? ''))
    expect(odd.map(({ fault, verdict }) => [fault, verdict])).toEqual([['write answer lost', 'duplicate']])
  },
)
