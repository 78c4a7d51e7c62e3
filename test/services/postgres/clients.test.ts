import { execFileSync } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type Notes, proxyTo, takeNotes } from './support.ts'

const pg = optionalPackage('pg')
const copy = optionalPackage('pg-copy-streams')
const Cursor = optionalPackage('pg-cursor')
const postgresjs = optionalPackage('postgres')

let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres()
  server.sql('create table orders (id bigserial primary key, name text unique, n int)')
})
afterAll(async () => server?.stop())

async function connect(): Promise<{ port: number; notes: Notes; config: object }> {
  const notes = takeNotes()
  const proxy = await proxyTo(server.port, { recorder: notes })
  onTestFinished(() => proxy.close())
  const config = { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' }
  return { port: proxy.port, notes, config }
}

describe.skipIf(!postgresBinaries || !pg)('pg through the proxy', () => {
  it('asks with and without parameters, and every statement is taken down with what came of it', async () => {
    const { config, notes } = await connect()
    const pool = new pg.Pool({ ...config, max: 2 })
    onTestFinished(() => pool.end())
    await pool.query("insert into orders(name, n) values ($1, $2), ('second', 2)", ['first', 1])
    const { rows } = await pool.query({
      name: 'named',
      text: 'select name from orders where n = any($1)',
      values: [[1, 2]],
    })
    expect(rows).toHaveLength(2)
    await pool.query({ name: 'named', text: 'select name from orders where n = any($1)', values: [[2]] })
    await expect(pool.query('insert into orders(name) values ($1)', ['first'])).rejects.toMatchObject({ code: '23505' })
    await pool.query('select 1; select 2')
    await pool.query('begin')
    expect(notes.lines()).toEqual([
      'INSERT INTO orders(name, n) VALUES (?, ?)  [first, 1] → INSERT 0 2',
      'SELECT name FROM orders WHERE n = ANY (?)  [{"1","2"}] → 2 rows',
      'SELECT name FROM orders WHERE n = ANY (?)  [{"2"}] → 1 row',
      'INSERT INTO orders(name) VALUES (?)  [first] → 23505 duplicate key value violates unique constraint "orders_name_key" (orders_name_key)',
      'SELECT ?; SELECT ? → 1 row; 1 row',
      'BEGIN → BEGIN',
    ])
    const after = notes.statements().map(({ replies }) => replies.at(-1))
    expect([after.at(0), after.at(-1)]).toEqual([
      { type: 'ready', transaction: 'idle' },
      { type: 'ready', transaction: 'open' },
    ])
    await pool.query('rollback')
  })

  it('takes down what fails while it is prepared or bound, and goes on after it', async () => {
    const { config, notes } = await connect()
    const client = new pg.Client(config)
    await client.connect()
    await expect(client.query('select 1/$1::int', [0])).rejects.toMatchObject({ code: '22012' })
    await expect(client.query('select nothing from nowhere where $1', [1])).rejects.toMatchObject({ code: '42P01' })
    await expect(client.query({ text: 'select $1::int', values: ['x'] })).rejects.toMatchObject({ code: '22P02' })
    expect((await client.query('select 3 as n')).rows).toEqual([{ n: 3 }])
    await client.end()
    expect(notes.lines().map((line) => line.split(' → ')[1]!.slice(0, 5))).toEqual(['22012', '42P01', '22P02', '1 row'])
  })

  it.skipIf(!Cursor)('reads with a cursor in parts', async () => {
    const { config, notes } = await connect()
    const client = new pg.Client(config)
    await client.connect()
    const cursor = client.query(new Cursor('select * from generate_series(1, $1::int) as g', [25]))
    expect((await cursor.read(10)).length).toBe(10)
    expect((await cursor.read(100)).length).toBe(15)
    await cursor.close()
    await client.query('select 1')
    await client.end()
    expect(notes.lines()).toEqual([
      'SELECT * FROM generate_series(?, ?::int) AS g  [25] → 10 rows, more to come',
      'SELECT * FROM generate_series(?, ?::int) AS g  [25] → 15 rows',
      'SELECT ? → 1 row',
    ])
  })

  it.skipIf(!copy)('copies in and out as streams, and a failing copy leaves the session in order', async () => {
    const { config, notes } = await connect()
    const client = new pg.Client(config)
    await client.connect()
    await client.query('create temp table many (n int, text text)')
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i}\trow number ${i}\n`)
    await pipeline(Readable.from(rows), client.query(copy.from('copy many from stdin')))
    let size = 0
    for await (const chunk of client.query(copy.to('copy many to stdout'))) size += (chunk as Buffer).length
    expect(size).toBe(rows.join('').length)
    await expect(
      pipeline(Readable.from(['1\tok\n', 'x\tbad\n']), client.query(copy.from('copy many from stdin'))),
    ).rejects.toMatchObject({ code: '22P02' })
    expect((await client.query('select count(*)::int as n from many')).rows).toEqual([{ n: 20_000 }])
    await client.end()
    expect(notes.lines().map((line) => line.split(' → ')[1]!.slice(0, 10))).toEqual([
      'CREATE TAB', 'COPY 20000', 'COPY 20000', '22P02 inva', '1 row',
    ]) // prettier-ignore
    const copied = notes
      .statements()
      .slice(1, 3)
      .map(({ replies }) => replies[0])
    expect(copied).toEqual([
      { type: 'copied', messages: expect.any(Number), bytes: size },
      { type: 'copied', messages: 20_000, bytes: size },
    ])
  })

  it('is notified, and told of a session that was ended from outside', async () => {
    const { config, notes } = await connect()
    const client = new pg.Client(config)
    client.on('error', () => {})
    await client.connect()
    const notified = new Promise((resolve) => client.once('notification', resolve))
    await client.query('listen news')
    server.sql(`notify news, 'hello'`)
    expect(await notified).toMatchObject({ channel: 'news', payload: 'hello' })
    const ended = new Promise((resolve) => client.once('end', resolve))
    server.sql(`select pg_terminate_backend(${client.processID})`)
    await ended
    const session = notes.all.find(({ question }) => question.kind === 'connect')!
    expect(session.replies.filter(({ type }) => type !== 'parameter')).toEqual([
      { type: 'ready', transaction: 'idle' },
      { type: 'notification', channel: 'news', payload: 'hello' },
      expect.objectContaining({ type: 'error', error: expect.objectContaining({ code: '57P01', severity: 'FATAL' }) }),
    ])
  })
})

describe.skipIf(!postgresBinaries || !postgresjs)('postgres through the proxy', () => {
  it('pipelines, begins transactions, and cancels', async () => {
    const { port, notes } = await connect()
    const sql = postgresjs({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 3, onnotice() {} })
    onTestFinished(() => sql.end())
    const numbers = await Promise.all(Array.from({ length: 50 }, (_, n) => sql`select ${n}::int as n`))
    expect(numbers.map(([row]) => row.n)).toEqual(Array.from({ length: 50 }, (_, n) => n))
    await expect(
      sql.begin(async (tx: typeof sql) => {
        await tx`create table gone (id int)`
        await tx`select 1/0`
      }),
    ).rejects.toMatchObject({ code: '22012' })
    const slow = sql`select pg_sleep(20)`
    const failed = expect(slow).rejects.toMatchObject({ code: '57014' })
    await new Promise<void>((resolve) => {
      slow.execute()
      const look = (): unknown =>
        server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") === '1'
          ? resolve()
          : setImmediate(look)
      look()
    })
    slow.cancel()
    await failed
    expect(notes.lines().filter((line) => line.startsWith('CANCEL'))).toHaveLength(1)
  })
})

describe.skipIf(!postgresBinaries)('the programs of PostgreSQL through the proxy', () => {
  const env = { ...process.env, PGUSER: 'postgres', PGHOST: '127.0.0.1' }
  const options = { env, encoding: 'utf8' } as const
  // The proxy lives in this process, so its clients must not block it.
  const run = async (program: string, args: readonly string[]): Promise<string> => {
    const { execFile } = await import('node:child_process')
    return new Promise((resolve, reject) => {
      execFile(join(postgresBinaries!, program), args, options, (error, out) => (error ? reject(error) : resolve(out)))
    })
  }

  it('psql asks for TLS, is told to go without, and works', async () => {
    const { port, notes } = await connect()
    const out = await run('psql', ['-XAtq', '-p', `${port}`, '-c', 'select 1', '-c', 'select 2; select 3', 'postgres'])
    expect(out).toBe('1\n2\n3\n')
    expect(notes.lines()).toHaveLength(2)
  })

  it.each(['simple', 'extended', 'prepared'])('pgbench works in %s mode', async (mode) => {
    const { port, notes } = await connect()
    if (!server.sql("select to_regclass('pgbench_accounts')"))
      execFileSync(join(postgresBinaries!, 'pgbench'), ['-iqs1', '-p', `${server.port}`, 'postgres'], {
        ...options,
        stdio: 'ignore',
      })
    await run('pgbench', ['-nM', mode, '-c4', '-t50', '-p', `${port}`, 'postgres'])
    const operations = notes.statements().map(({ question }) => question.sql.slice(0, 6).toUpperCase())
    expect(operations.filter((verb) => verb === 'UPDATE')).toHaveLength(600)
    expect(notes.statements().filter(({ ending }) => ending !== 'complete')).toEqual([])
  })
})
