import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { type IsolatedScene, isolateAt } from './isolate-support.ts'

const pg = optionalPackage('pg')

let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres(['max_connections=200'])
})
afterAll(async () => server?.stop())

const begin = (more = ''): Promise<IsolatedScene> =>
  isolateAt(
    `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    { seed: `create table t (n serial, tag text default 'x'); insert into t values (1); ${more}`, graceMs: 50 },
    temporaryFolder(),
  )

/** Processes of the server, in the database of the test that runs, but for the one that is ours and puts it back. */
function processes({ direct }: IsolatedScene): string[] {
  const database = new URL(direct).pathname.slice(1)
  const others = `datname = '${database}' and application_name <> 'mortar'`
  return server.sql(`select pid from pg_stat_activity where ${others}`).split('\n').filter(Boolean)
}

/** Connects, runs statements, and says goodbye. */
async function visit(
  { url }: IsolatedScene,
  statements: readonly (string | object)[] = [],
  more: object = {},
  // oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
): Promise<any[][]> {
  const client = new pg.Client({ connectionString: url, ...more })
  client.on('error', () => {})
  await client.connect()
  const found = []
  for (const sql of statements) found.push((await client.query(sql)).rows)
  await client.end()
  return found
}

describe.skipIf(!postgresBinaries || !pg)('a session on the server whose client has said goodbye', () => {
  it('is given to the next client that connects in the same way, in later tests too', async () => {
    const scene = await begin()
    await visit(scene, ['insert into t default values'])
    await expect.poll(() => processes(scene)).toHaveLength(1)
    const before = processes(scene)
    for (let test = 0; test < 3; test++) {
      expect((await visit(scene, ['insert into t default values returning n']))[0]).toEqual([{ n: test ? 1 : 2 }])
      expect(processes(scene)).toEqual(before)
      expect(await scene.next('writes')).toEqual([])
    }
    await visit(scene, ['select 1'], { application_name: 'another' })
    expect(processes(scene)).toEqual(expect.arrayContaining(before))
    expect(processes(scene)).toHaveLength(2)
  })

  it('carries nothing of what its client had set up, and greets as a new one does', async () => {
    const scene = await begin()
    const greetings: unknown[] = []
    const greeted = async (statements: readonly (string | object)[]): Promise<unknown[][]> => {
      const statuses: Record<string, string> = {}
      const client = new pg.Client(scene.url)
      client.connection.on('parameterStatus', ({ parameterName, parameterValue }: Record<string, string>) => {
        statuses[parameterName!] = parameterValue!
      })
      await client.connect()
      greetings.push({ ...statuses })
      expect(client.processID).toBeGreaterThan(0)
      const found = []
      for (const sql of statements) found.push((await client.query(sql)).rows)
      await client.end()
      return found
    }
    await greeted([
      "set timezone = 'Asia/Tokyo'; set search_path = pg_catalog; listen news; set datestyle = 'German'",
      'prepare by_sql as select 1',
      { name: 'named', text: 'select 2' },
      'insert into public.t default values',
    ])
    await expect.poll(() => processes(scene)).toHaveLength(1)
    const [before] = processes(scene)
    const [settings, paths] = await greeted(['show timezone', 'show search_path'])
    expect(processes(scene)).toEqual([before])
    expect(settings).not.toEqual([{ TimeZone: 'Asia/Tokyo' }])
    expect(paths).toEqual([{ search_path: '"$user", public' }])
    expect(greetings[1]).toEqual(greetings[0])
    expect(await visit(scene, ['select pg_listening_channels()'])).toEqual([[]])
    await expect(visit(scene, ['execute by_sql'])).rejects.toMatchObject({ code: '26000' })
    expect((await visit(scene, [{ name: 'named', text: 'select 3 as n' }]))[0]).toEqual([{ n: 3 }])
    await expect(visit(scene, ["select currval('t_n_seq')"])).rejects.toMatchObject({ code: '55000' })
  })

  it.each([
    ['a lock of the session', ['select pg_advisory_lock(7)']],
    ['a temporary table', ['create temp table own (n int)']],
    ['a setting of its own', ["set app.tenant = '5'"]],
    ['a setting that is made by a function', ["select set_config('app.tenant', '5', false)"]],
    ['a block of code', ["do $$ begin execute 'set app.tenant = 5'; end $$"]],
    ['a transaction that is open', ['begin', 'insert into t default values']],
    ['what changes roles', ['alter role postgres set work_mem = default']],
  ])('is closed where there was %s', async (_, statements) => {
    const scene = await begin()
    await visit(scene, statements)
    await expect.poll(() => processes(scene)).toEqual([])
    const [tenants, tables, free] = await visit(scene, [
      "select current_setting('app.tenant', true) as tenant",
      "select to_regclass('own') as own",
      'select pg_try_advisory_lock(7) as free',
    ])
    expect([tenants, tables, free]).toEqual([[{ tenant: null }], [{ own: null }], [{ free: true }]])
  })

  it('is closed where a function of the database may set what stays', async () => {
    const scene = await begin(`create function note() returns trigger language plpgsql as
      $$ begin perform set_config('app.tenant', '5', false); return new; end $$;
      create trigger note before insert on t for each row execute function note()`)
    await visit(scene, ['insert into t default values'])
    await expect.poll(() => processes(scene)).toEqual([])
  })

  it('is closed as soon as somebody looks who is there', async () => {
    const scene = await begin()
    const watcher = new pg.Client({ connectionString: scene.url, application_name: 'watcher' })
    await watcher.connect()
    onTestFinished(() => watcher.end())
    await visit(scene, ['select 1'], { application_name: 'visitor' })
    await expect.poll(() => processes(scene)).toHaveLength(2)
    const look = "select pid from pg_stat_activity where application_name = 'visitor'"
    await expect.poll(async () => (await watcher.query(look)).rows).toEqual([])
  })

  it('is not given on when the server has ended it', async () => {
    const scene = await begin()
    await visit(scene, ['select 1'])
    await expect.poll(() => processes(scene)).toHaveLength(1)
    const [before] = processes(scene)
    server.sql(`select pg_terminate_backend(${before})`)
    expect((await visit(scene, ['select 1 as n']))[0]).toEqual([{ n: 1 }])
  })

  it('stays four times at most, and no longer than the address', async () => {
    const scene = await begin()
    const clients = Array.from({ length: 7 }, () => new pg.Client(scene.url))
    await Promise.all(clients.map((client) => client.connect()))
    expect(processes(scene)).toHaveLength(7)
    await Promise.all(clients.map((client) => client.end()))
    await expect.poll(() => processes(scene)).toHaveLength(4)
    const left = processes(scene)
    await scene.close()
    const there = `select count(*) from pg_stat_activity where pid in (${left.join(',')})`
    await expect.poll(() => server.sql(there)).toBe('0')
  })

  it('does not stand in the way of a fresh clone', async () => {
    const scene = await begin()
    await visit(scene, ['insert into t default values'])
    await expect.poll(() => processes(scene)).toHaveLength(1)
    const [before] = processes(scene)
    const client = new pg.Client(scene.url)
    await client.connect()
    onTestFinished(() => client.end())
    const first = scene.direct
    await client.query('alter table t add column note text')
    await scene.next('changes the schema')
    expect(scene.direct).not.toBe(first)
    await expect.poll(() => server.sql(`select count(*) from pg_stat_activity where pid = ${before}`)).toBe('0')
    const name = new URL(first).pathname.slice(1)
    await expect.poll(() => server.sql(`select count(*) from pg_database where datname = '${name}'`)).toBe('0')
  })
})
