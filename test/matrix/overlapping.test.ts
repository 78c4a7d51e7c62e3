import { expect, it } from 'vitest'
import { missing } from '../support/missing-servers.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const program = (book: string): string => `import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import pg from 'pg'
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
async function book({ id, cents }) {
  ${book}
}
export const server = createServer(async (request, response) => {
  const status = await json(request).then(book).then(() => 200, () => 500)
  response.writeHead(status).end()
})`

const books = {
  'looks first': `const { rowCount } = await pool.query('SELECT id FROM seen WHERE id = $1', [id])
  if (rowCount > 0) return
  await pool.query('UPDATE wallets SET cents = cents + $1', [cents])
  await pool.query('INSERT INTO seen VALUES ($1)', [id])`,
  'lets the database decide': `const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rowCount } = await client.query('INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING', [id])
    if (rowCount > 0) await client.query('UPDATE wallets SET cents = cents + $1', [cents])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }`,
}

const suite = `import { request } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { pool, server } from './program.mjs'
await new Promise((done) => server.listen(0, '127.0.0.1', done))
afterAll(async () => { server.closeAllConnections(); server.close(); await pool.end() })
const send = (body) => new Promise((resolve, reject) => {
  const sent = request({ port: server.address().port, path: '/webhooks/payments', method: 'POST' }, (answer) =>
    answer.resume().on('end', () => resolve(answer.statusCode)))
  sent.on('error', reject).end(JSON.stringify(body))
})
test('a payment is booked', async () => { expect(await send({ id: 'evt_1', cents: 500 })).toBe(200) })`

it.skipIf(missing('postgres')).each([
  ['looks first', 'duplicate'],
  ['lets the database decide', 'handled'],
] as const)(
  'two deliveries at the same time overlap, though a pool has to connect for one: who %s',
  async (how, verdict) => {
    const closes: (() => void)[] = []
    try {
      const { document } = await runMatrix(
        matrixProject({
          after: (close) => closes.push(close),
          packages: ['pg'],
          boundaries: `db: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
          payments: webhook({ path: '/webhooks/payments' }),`,
          files: {
            'migrations/1.sql': `CREATE TABLE wallets (cents int); INSERT INTO wallets VALUES (0);
CREATE TABLE seen (id text PRIMARY KEY);`,
            'program.mjs': program(books[how]),
            'program.test.mjs': suite,
          },
        }),
        '--fault',
        'delivered twice at once',
      )
      expect(document.cells.map((cell) => cell.verdict)).toEqual([verdict])
      expect(document.findings.length).toBe(verdict === 'handled' ? 0 : 1)
    } finally {
      for (const close of closes) close()
    }
  },
)
