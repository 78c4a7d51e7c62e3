import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { type IsolatedScene, isolateAt, poolAt } from './isolate-support.ts'

const run = promisify(execFile)
const pg = optionalPackage('pg')
const Cursor = optionalPackage('pg-cursor')
const copies = optionalPackage('pg-copy-streams')
const postgres = optionalPackage('postgres')

describe.skipIf(!postgresBinaries)('an address that swaps databases between tests', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  /** An address whose template has a table `t` of 500 numbers. */
  async function scene(): Promise<IsolatedScene> {
    const seed = 'CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 500)'
    return isolateAt(`postgres://postgres@127.0.0.1:${server.port}/postgres`, { seed }, temporaryFolder())
  }

  /** Does the same in two tests, with all that was opened in the first; the second must not meet the first. */
  async function twice({ next }: IsolatedScene, test: (n: 1 | 2) => Promise<void>): Promise<void> {
    await test(1)
    expect(await next('the first')).toEqual([])
    await test(2)
  }

  it('carries the pool of pg', async () => {
    const at = await scene()
    const pool = poolAt(at.url)
    await twice(at, async () => {
      const added = [501, 502, 503, 504, 505].map((n) => pool.query('INSERT INTO t VALUES ($1)', [n]))
      await Promise.all(added)
      expect((await pool.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 505 }])
    })
  })

  it('carries cursors', async () => {
    const at = await scene()
    const client = new pg.Client(at.url)
    await client.connect()
    onTestFinished(() => client.end())
    await twice(at, async () => {
      await client.query('DELETE FROM t WHERE n > 250')
      const cursor = client.query(new Cursor('SELECT n FROM t ORDER BY n'))
      const lengths: number[] = []
      for (let rows = await cursor.read(100); rows.length > 0; rows = await cursor.read(100)) lengths.push(rows.length)
      await cursor.close()
      expect(lengths).toEqual([100, 100, 50])
    })
  })

  it('carries COPY in both directions', async () => {
    const at = await scene()
    const client = new pg.Client(at.url)
    await client.connect()
    onTestFinished(() => client.end())
    await twice(at, async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => `${i + 1000}\n`)
      await pipeline(Readable.from([lines.join('')]), client.query(copies.from('COPY t FROM STDIN')))
      let read = 0
      for await (const chunk of client.query(copies.to('COPY t TO STDOUT')))
        read += String(chunk).split('\n').length - 1
      expect(read).toBe(20_500)
    })
  })

  it('carries LISTEN, which goes on in the next test', async () => {
    const at = await scene()
    const listener = new pg.Client(at.url)
    await listener.connect()
    onTestFinished(() => listener.end())
    const heard: string[] = []
    listener.on('notification', ({ payload }: { payload: string }) => heard.push(payload))
    await listener.query('LISTEN orders')
    const pool = poolAt(at.url)
    await twice(at, async (n) => {
      await pool.query(`INSERT INTO t VALUES (501); NOTIFY orders, 'test ${n}'`)
      await expect.poll(() => heard.at(-1)).toBe(`test ${n}`)
    })
    expect(heard).toEqual(['test 1', 'test 2'])
  })

  it('carries postgres.js, with the statements that it has prepared', async () => {
    const at = await scene()
    const sql = postgres(at.url, { max: 3 })
    onTestFinished(() => sql.end())
    await twice(at, async () => {
      await sql`INSERT INTO t VALUES (${501})`
      await sql.begin(async (own: typeof sql) => void (await own`UPDATE t SET n = 502 WHERE n = ${501}`))
      expect(await sql`SELECT max(n) AS n FROM t`).toEqual([{ n: 502 }])
    })
  })

  it('carries Drizzle', async () => {
    const at = await scene()
    const { drizzle } = await import('drizzle-orm/node-postgres')
    const { integer, pgTable } = await import('drizzle-orm/pg-core')
    const { gt } = await import('drizzle-orm')
    const t = pgTable('t', { n: integer('n').primaryKey() })
    const db = drizzle(poolAt(at.url))
    await twice(at, async () => {
      await db.transaction(async (tx) => void (await tx.insert(t).values([{ n: 501 }, { n: 502 }])))
      expect(await db.select().from(t).where(gt(t.n, 500))).toEqual([{ n: 501 }, { n: 502 }])
    })
  })

  it('carries psql', async () => {
    const at = await scene()
    await twice(at, async () => {
      const statements = ['-c', 'INSERT INTO t VALUES (501)', '-c', 'SELECT count(*) FROM t']
      const { stdout } = await run(join(postgresBinaries!, 'psql'), ['-XAtq', ...statements, at.url])
      expect(stdout).toBe('501\n')
    })
  })

  it.each(['simple', 'extended', 'prepared'])('carries pgbench in %s mode', async (mode) => {
    const at = await scene()
    const pgbench = join(postgresBinaries!, 'pgbench')
    await twice(at, async () => {
      await run(pgbench, ['-iqs1', at.url])
      const { stdout } = await run(pgbench, ['-nM', mode, '-c4', '-t25', at.url])
      expect(stdout).toContain('number of transactions actually processed: 100/100')
    })
  })
})
