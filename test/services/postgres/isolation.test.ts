import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openIsolation, type Isolation } from '../../../src/services/postgres-isolation/isolation.ts'
import type { PostgresAddress } from '../../../src/services/postgres-isolation/postgres-address.ts'
import { ensureTemplate } from '../../../src/services/postgres-isolation/template.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const pg = optionalPackage('pg')
const copy = optionalPackage('pg-copy-streams')

let server: PostgresServer
let address: PostgresAddress
let template: string
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
  address = { host: '127.0.0.1', port: server.port, user: 'postgres' }
  const seed = `create table orders (id serial primary key, name text unique);
    insert into orders(name) values ('seeded'); create schema other; create table other.things (n int)`
  template = (await ensureTemplate(address, { seed, cwd: '.' })).name
})
afterAll(async () => server?.stop())

async function isolate(): Promise<Isolation> {
  const isolation = await openIsolation({ server: address, template, graceMs: 50 })
  onTestFinished(() => isolation.close())
  return isolation
}

function configOf({ port }: Isolation): object {
  return { host: '127.0.0.1', port, user: 'postgres', database: 'app' }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
function poolOf(isolation: Isolation, more: object = {}): any {
  const pool = new pg.Pool({ ...configOf(isolation), max: 5, ...more })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}

describe.skipIf(!postgresBinaries || !pg)('a private database for each test', () => {
  it('gives each test the seeded rows and nothing of the test before, while the pool stays connected', async () => {
    const isolation = await isolate()
    const pool = poolOf(isolation)
    const pids = new Set<number>()
    pool.on('connect', (client: { processID: number }) => pids.add(client.processID))
    const databases = new Set<string>()
    for (let test = 0; test < 12; test++) {
      const all = await Promise.all(
        Array.from({ length: 5 }, () => pool.query('select name, pg_sleep(0.003) from orders')),
      )
      expect(all.every(({ rows }) => rows.length === 1)).toBe(true)
      const { rows } = await pool.query("insert into orders(name) values ('same key') returning id")
      expect(rows).toEqual([{ id: 2 }])
      databases.add((await isolation.next(`test ${test}`)).database)
    }
    expect(pids.size).toBe(5)
    expect(databases.size).toBe(1)
  })

  it('gives a database that saw no write to the next test as it is', async () => {
    const isolation = await isolate()
    const pool = poolOf(isolation)
    await pool.query('select count(*), lower($1) from orders where id = any($2::int[])', ['A', [1]])
    const { database, untouched } = await isolation.next('reads')
    expect({ database, untouched }).toEqual({ database: isolation.database, untouched: true })
    await pool.query("select nextval('orders_id_seq')")
    expect(await isolation.next('calls what may write')).toMatchObject({ untouched: false, leftBehind: [] })
    expect((await pool.query("select nextval('orders_id_seq')")).rows).toEqual([{ nextval: '2' }])
  })

  it('has sessions ready for connections that outlive a test, and for no others', async () => {
    const isolation = await isolate()
    const admin = new pg.Client({ ...address, database: 'postgres' })
    await admin.connect()
    onTestFinished(() => admin.end())
    const waiting = async (): Promise<number> => {
      await isolation.prepared()
      const elsewhere = "datname like 'mortar\\_c\\_%' and datname <> $1 and application_name = 'lasting'"
      const { rows } = await admin.query(`select count(*)::int as count from pg_stat_activity where ${elsewhere}`, [
        isolation.database,
      ])
      return (rows as [{ count: number }])[0].count
    }
    const pool = poolOf(isolation, { max: 3, application_name: 'lasting' })
    const write = (): Promise<unknown> => pool.query("insert into orders(name) values ('one more')")
    await Promise.all([write().catch(() => {}), pool.query('select 1'), pool.query('select 2')])
    expect(await waiting()).toBe(0)
    await isolation.next('opens them')
    // Those of the test before may still be leaving.
    await expect.poll(waiting).toBe(3)
  })

  it('lets clients go that say goodbye as their test ends', async () => {
    const isolation = await isolate()
    const errors: Error[] = []
    for (let turn = 0; turn < 20; turn++) {
      const clients = Array.from({ length: 5 }, () => new pg.Client(configOf(isolation)))
      const gone = clients.map((client) => new Promise<void>((resolve) => client.on('end', resolve)))
      for (const client of clients) client.on('error', (error: Error) => errors.push(error))
      await Promise.all(clients.map((client) => client.connect()))
      await Promise.all(clients.map((client) => client.query("set work_mem = '8MB'")))
      await clients[0].query(`insert into orders(name) values ('turn ${turn}')`)
      for (const client of clients) void client.end()
      // At each turn they have come a little further when they are moved.
      for (let steps = 0; steps < turn; steps++) await new Promise((resolve) => setImmediate(resolve))
      expect((await isolation.next(`turn ${turn}`)).leftBehind).toEqual([])
      await Promise.all(gone)
    }
    expect(errors).toEqual([])
  })

  it('keeps prepared statements, settings and channels of each connection', async () => {
    const isolation = await isolate()
    const client = new pg.Client({
      ...configOf(isolation),
      application_name: 'shop',
      options: '-c statement_timeout=7s',
    })
    await client.connect()
    onTestFinished(() => client.end())
    const named = { name: 'count', text: 'select count(*)::int as n from orders where id > $1', values: [0] }
    await client.query(named)
    await client.query(
      `set search_path = other, public; set app.tenant = 'it''s \\ 5'; set role pg_monitor; set role none`,
    )
    await client.query("select set_config('work_mem', '5MB', false)")
    await client.query('prepare by_sql(int) as select $1 + 1 as n')
    await client.query('listen "News Room"')
    await client.query('insert into things values (1)')
    for (let test = 0; test < 3; test++) {
      await isolation.next('settings')
      expect((await client.query(named)).rows).toEqual([{ n: 1 }])
      expect((await client.query('execute by_sql(1)')).rows).toEqual([{ n: 2 }])
      const { rows } =
        await client.query(`select current_setting('search_path') as path, current_setting('app.tenant') as
        tenant, current_setting('application_name') as name, current_setting('statement_timeout') as timeout,
        current_setting('work_mem') as mem, (select count(*)::int from things) as things`)
      expect(rows).toEqual([
        { path: 'other, public', tenant: "it's \\ 5", name: 'shop', timeout: '7s', mem: '5MB', things: 0 },
      ])
      const notified = new Promise((resolve) => client.once('notification', resolve))
      server.sql(`notify "News Room", 'hi'`, isolation.database)
      expect(await notified).toMatchObject({ channel: 'News Room', payload: 'hi' })
      await client.query('insert into things values (1)')
    }
  })

  it('sets nothing up again that the client has undone', async () => {
    const isolation = await isolate()
    const client = new pg.Client(configOf(isolation))
    await client.connect()
    onTestFinished(() => client.end())
    await client.query({ name: 'gone', text: 'select 1' })
    await client.query("set work_mem = '5MB'; listen news; insert into orders(name) values ('x')")
    await isolation.next('one')
    await client.query("deallocate all; reset all; unlisten *; insert into orders(name) values ('x')")
    await isolation.next('two')
    const { rows } = await client.query(`select (select count(*)::int from pg_prepared_statements) as statements,
      (select count(*)::int from pg_listening_channels()) as channels, current_setting('work_mem') as mem`)
    expect(rows).toEqual([{ statements: 0, channels: 0, mem: '4MB' }])
  })

  it('names the test that left a transaction, a COPY or a statement open, and ends that connection only', async () => {
    const isolation = await isolate()
    const pool = poolOf(isolation, { application_name: 'shop' })
    const [open, copying, slow, fine] = await Promise.all([1, 2, 3, 4].map(() => pool.connect()))
    const ends = [open, copying, slow].map(
      (client) => new Promise((resolve) => client.once('error', (error: { code: string }) => resolve(error.code))),
    )
    for (const client of [open, copying, slow]) client.on('error', () => {})
    await open.query('begin')
    await open.query("insert into orders(name) values ('never')")
    if (copy) copying.query(copy.from('copy orders(name) from stdin')).on('error', () => {})
    else await copying.query('begin')
    const sleeping = expect(slow.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '25P03' })
    await fine.query('select 1')
    const { leftBehind } = await isolation.next('forgets to commit')
    expect(leftBehind.map(({ state, statement, test }) => [state, statement, test]).sort()).toEqual(
      [
        ['in a transaction', "insert into orders(name) values ('never')", 'forgets to commit'],
        [copy ? 'in a COPY' : 'in a transaction', copy ? 'copy orders(name) from stdin' : 'begin', 'forgets to commit'],
        ['in a statement', 'select pg_sleep(30)', 'forgets to commit'],
      ].sort(),
    )
    expect(leftBehind.every(({ applicationName }) => applicationName === 'shop')).toBe(true)
    await sleeping
    expect((await fine.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 1 }])
    for (const client of [open, copying, slow]) client.release(true)
    fine.release()
    expect((await Promise.all(ends)).every((code) => ['25P03', 'ECONNRESET', undefined].includes(code as string))).toBe(
      true,
    )
    expect((await pool.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 1 }])
  })

  it('waits for a transaction that is about to end', async () => {
    const isolation = await openIsolation({ server: address, template, graceMs: 5_000 })
    onTestFinished(() => isolation.close())
    const pool = poolOf(isolation)
    const client = await pool.connect()
    await client.query('begin')
    await client.query("insert into orders(name) values ('late')")
    const moved = isolation.next('slow to commit')
    await client.query('commit')
    expect(await moved).toMatchObject({ leftBehind: [] })
    expect((await client.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 1 }])
    client.release()
  })

  it('cancels a statement by the key that the client was given before the move', async () => {
    const isolation = await isolate()
    const client = new pg.Client(configOf(isolation))
    await client.connect()
    onTestFinished(() => client.end())
    await client.query("insert into orders(name) values ('x')")
    await isolation.next('one')
    const slow = expect(client.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' })
    const sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
    await expect.poll(() => server.sql(sleeping)).toBe('1')
    const canceller = new pg.Client(configOf(isolation))
    canceller.cancel(client, client._activeQuery ?? client._getActiveQuery())
    await slow
  })

  it('leaves no clone behind', async () => {
    const isolation = await openIsolation({ server: address, template })
    const pool = new pg.Pool({ ...configOf(isolation) })
    for (let test = 0; test < 3; test++) {
      await pool.query("insert into orders(name) values ('x')")
      await isolation.next('leaves')
    }
    const mine = /(.*)_/.exec(isolation.database)![1]!
    await pool.end()
    await isolation.close()
    expect(server.sql(`select count(*) from pg_database where starts_with(datname, '${mine}')`)).toBe('0')
  })
})

describe.skipIf(!postgresBinaries)('the template of a test database', () => {
  it('is made once for the same migrations and seed, by whoever comes first', async () => {
    const cwd = temporaryFolder()
    mkdirSync(join(cwd, 'migrations'))
    writeFileSync(join(cwd, 'migrations/002.sql'), 'alter table a add column b int')
    writeFileSync(join(cwd, 'migrations/001.sql'), 'create table a (id int); create table c (id int)')
    const migrations = { folder: 'migrations', seed: 'insert into a values (1, 2)', cwd }
    const made = await Promise.all([1, 2, 3].map(() => ensureTemplate(address, migrations)))
    expect(made.filter((template) => template.made)).toHaveLength(1)
    expect(new Set(made.map(({ name }) => name)).size).toBe(1)
    const other = await ensureTemplate(address, { ...migrations, seed: '' })
    expect(other.name).not.toBe(made[0]!.name)
    const isolation = await openIsolation({ server: address, template: made[0]!.name })
    expect(server.sql('select * from a', isolation.database)).toBe('1|2')
    await isolation.close()
  })

  it('has what sessions read first, so that none has to find it in the catalogs of a clone', async () => {
    const isolation = await isolate()
    const client = new pg.Client({ ...address, database: 'postgres' })
    await client.connect()
    onTestFinished(() => client.end())
    const file = "pg_stat_file('base/' || oid || '/pg_internal.init', true)"
    for (const name of [template, isolation.database]) {
      const { rows } = await client.query(`select (${file}).size > 0 as there from pg_database where datname = $1`, [
        name,
      ])
      expect(rows).toEqual([{ there: true }])
    }
  })

  it('is migrated by a command that finds it in DATABASE_URL', async () => {
    const cwd = temporaryFolder()
    const command = `"${join(postgresBinaries!, 'psql')}" -Xq "$DATABASE_URL" -c "create table by_command (id int)"`
    const { name } = await ensureTemplate(address, { command, cwd })
    const isolation = await openIsolation({ server: address, template: name })
    expect(server.sql('select count(*) from by_command', isolation.database)).toBe('0')
    await isolation.close()
    await expect(ensureTemplate(address, { command: 'echo oh no; exit 3', cwd })).rejects.toMatchObject({
      code: 'MORTAR_MIGRATION_FAILED',
      seen: 'oh no',
    })
  })

  it('names file, line and error of a migration that fails, and leaves nothing half made', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, '1.sql'), 'create table fine (id int);\n\ncreate table bad (id nonsense);')
    await expect(ensureTemplate(address, { folder: '1.sql', cwd })).rejects.toMatchObject({
      code: 'MORTAR_MIGRATION_FAILED',
      where: '1.sql:3',
      seen: 'SQLSTATE 42704',
    })
    expect(server.sql("select count(*) from pg_database where datname like '%draft'")).toBe('0')
    await expect(ensureTemplate(address, { folder: 'absent', cwd })).rejects.toMatchObject({
      code: 'MORTAR_MIGRATION_FAILED',
    })
  })

  it('says what a server says that refuses', async () => {
    await expect(ensureTemplate({ ...address, user: 'nobody' }, { cwd: '.' })).rejects.toMatchObject({
      code: 'MORTAR_POSTGRES_FAILED',
      seen: expect.stringContaining('28000'),
    })
    await expect(openIsolation({ server: address, template: 'absent' })).rejects.toMatchObject({
      code: 'MORTAR_POSTGRES_FAILED',
      seen: expect.stringContaining('3D000'),
    })
  })
})
