import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { isolateAt, poolAt } from './isolate-support.ts'

const pg = optionalPackage('pg')

let server: PostgresServer
let url: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
  server.sql('create database app')
  server.sql('create table orders (id serial primary key, key text unique)', 'app')
  url = `postgres://postgres@127.0.0.1:${server.port}/app`
})
afterAll(async () => server?.stop())

function project(sql: string): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'migrations/001.sql'), sql)
  return folder
}

describe.skipIf(!postgresBinaries || !pg)('a PostgreSQL boundary', () => {
  it('keeps tests apart by clones when nothing else is said, at an address that stays', async () => {
    const folder = project('create table orders (id serial primary key, key text unique)')
    const isolated = await isolateAt(
      url,
      { migrations: 'migrations', seed: "insert into orders(key) values ('a')" },
      folder,
    )
    const { url: before } = isolated
    expect(before).toMatch(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/app$/)
    const pool = poolAt(before)
    for (const test of ['one', 'two']) {
      await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.01)')))
      expect((await pool.query("insert into orders(key) values ('same') returning id")).rows).toEqual([{ id: 2 }])
      const [beside] = await poolAt(isolated.direct, { max: 1 })
        .query('select key from orders')
        .then((r: { rows: object[] }) => r.rows.slice(-1))
      expect(beside).toEqual({ key: 'same' })
      expect(await isolated.next(test)).toEqual([])
    }
    expect(isolated.url).toBe(before)
    expect(isolated.notes.lines()).toContainEqual(expect.stringMatching(/^INSERT INTO orders.* → 1 row$/))
  })

  it('begins with the database as it is where no migrations are named, and leaves that alone', async () => {
    server.sql("insert into orders(key) values ('was there')", 'app')
    const isolated = await isolateAt(url, {})
    const pool = poolAt(isolated.url)
    expect((await pool.query('select key from orders')).rows).toEqual([{ key: 'was there' }])
    await pool.query('delete from orders')
    await isolated.next('deletes')
    expect((await pool.query('select key from orders')).rows).toEqual([{ key: 'was there' }])
    expect(server.sql('select key from orders', 'app')).toBe('was there')
    server.sql('delete from orders', 'app')
    await expect.poll(() => server.sql("select tup_deleted from pg_stat_database where datname = 'app'")).toBe('1')
    const later = await isolateAt(url, {})
    expect((await poolAt(later.url).query('select key from orders')).rows).toEqual([])
  })

  it.each(['swap', 'pin', 'truncate', 'none'] as const)(
    'takes down a login that the server refuses, with its error: %s',
    async (isolation) => {
      const isolated = await isolateAt(url, { isolation })
      const stranger = new URL(isolated.url)
      stranger.username = 'stranger'
      const pool = poolAt(stranger.href)
      await expect(pool.query('select 1')).rejects.toMatchObject({ code: '28000' })
      await expect.poll(() => isolated.notes.all.map(({ ending }) => ending)).toEqual(['complete'])
      expect(isolated.notes.all).toMatchObject([
        {
          question: { kind: 'connect', user: 'stranger' },
          replies: [{ type: 'error', error: { code: '28000', message: 'role "stranger" does not exist' } }],
        },
      ])
    },
  )

  it('takes down a login to a server that has gone as what could not be reached', async () => {
    const gone = await startPostgres()
    const isolated = await isolateAt(`postgres://postgres@127.0.0.1:${gone.port}/template1`, {})
    await gone.stop()
    await expect(poolAt(isolated.url).query('select 1')).rejects.toMatchObject({ code: '08001' })
    expect(isolated.notes.all).toMatchObject([
      { question: { kind: 'connect' }, replies: [{ type: 'failure', failure: 'unreachable' }], ending: 'complete' },
    ])
  })

  it('says so when somebody is connected to the database that is to be copied', async () => {
    server.sql('create database busy')
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'postgres', database: 'busy' })
    await client.connect()
    client.on('error', () => {})
    await expect(isolateAt(url.replace(/app$/, 'busy'), {})).rejects.toMatchObject({
      code: 'MORTAR_POSTGRES_FAILED',
      seen: expect.stringContaining('1 other session'),
      hint: expect.stringContaining('name `migrations`'),
    })
    await client.end()
  })

  it('says in one line what a test left open', async () => {
    const isolated = await isolateAt(url, { graceMs: 20 })
    const client = await poolAt(isolated.url, { application_name: 'shop' }).connect()
    client.on('error', () => {})
    await client.query('begin')
    await client.query("insert into orders(key)\n  values ('x')")
    expect(await isolated.next('forgets')).toEqual([
      { summary: "a connection of shop in a transaction: insert into orders(key) values ('x')" },
    ])
    client.release(true)
  })

  it('undoes nothing when that is what is asked for', async () => {
    const isolated = await isolateAt(url, { isolation: 'none' })
    const pool = poolAt(isolated.url)
    await pool.query("insert into orders(key) values ('stays')")
    expect(await isolated.next('writes')).toEqual([])
    expect((await pool.query("select key from orders where key = 'stays'")).rowCount).toBe(1)
    expect(isolated.direct).toBe(url)
    expect(server.sql("delete from orders where key = 'stays' returning key", 'app')).toBe('stays')
  })

  it('runs a command that is given as a line or as a program with arguments', async () => {
    const script = join(temporaryFolder(), 'migrate.mjs')
    writeFileSync(
      script,
      `import { execFileSync } from 'node:child_process'
       execFileSync(process.argv[2], ['-Xq', process.env.SHOP_DB, '-c', 'create table ' + process.argv[3] + ' ()'])`,
    )
    const psql = join(postgresBinaries!, 'psql')
    for (const [table, command] of [
      ['a', `"${process.execPath}" "${script}" "${psql}" a`],
      ['b', [process.execPath, script, psql, 'b']],
    ] as const) {
      const isolated = await isolateAt(url, { env: 'SHOP_DB', migrations: { command, inputs: [script] } })
      expect((await poolAt(isolated.url).query(`select * from ${table}`)).rows).toEqual([])
    }
  })
})
