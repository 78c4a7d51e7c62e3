import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { noRows, nullColumns } from '../../../src/modes/faults/altered-rows.ts'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { idleConnectionLost } from '../../../src/modes/faults/idle-connection-lost.ts'
import { lostConnection } from '../../../src/modes/faults/lost-connection.ts'
import { sqlstate } from '../../../src/modes/faults/sqlstate.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type Notes, proxyTo, takeNotes } from './support.ts'

const pg = optionalPackage('pg')
const postgresjs = optionalPackage('postgres')

let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries || !pg) return
  server = await startPostgres()
  server.sql('create table people (id int primary key, name text not null, nick text, born date)')
  server.sql(`insert into people values (1, 'Ada', 'Countess', '1815-12-10'), (2, 'Grace', null, null)`)
})
afterAll(async () => server?.stop())

interface Scene {
  readonly faults: FaultSet
  readonly notes: Notes
  readonly config: object
}

async function scene(): Promise<Scene> {
  const faults = createFaultSet()
  const notes = takeNotes()
  const proxy = await proxyTo(server.port, { recorder: notes, faults })
  onTestFinished(() => proxy.close())
  return { faults, notes, config: { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' } }
}

const all = 'SELECT id, name, nick, upper(nick) AS loud FROM people ORDER BY id'
const one = 'SELECT id, name, nick FROM people WHERE id = $1'
const ada = { id: 1, name: 'Ada', nick: 'Countess' }

describe.skipIf(!postgresBinaries || !pg)('an answer that is altered', () => {
  it.each([
    ['a simple query', all, undefined],
    ['a statement with parameters', one, [1]],
    ['a prepared statement', { name: 'one', text: one }, [1]],
  ])('has no rows, once, in %s', async (_kind, statement, values) => {
    const { faults, config } = await scene()
    const client = await clientOf(config)
    const before = (await client.query(statement, values)).rows
    const armed = faults.arm(noRows())
    const empty = await client.query(statement, values)
    expect([empty.rows, empty.rowCount, armed.struck]).toEqual([[], 0, 1])
    expect((await client.query(statement, values)).rows).toEqual(before)
  })

  it.each([
    ['a simple query', all, undefined, { ...ada, nick: null, loud: 'COUNTESS' }],
    ['a statement with parameters', one, [1], { ...ada, nick: null }],
    ['a prepared statement', { name: 'one', text: one }, [1], { ...ada, nick: null }],
  ])('has NULL where the table allows it, and nowhere else, in %s', async (_kind, statement, values, expected) => {
    const { faults, config } = await scene()
    const client = await clientOf(config)
    if (values) await client.query(statement, values)
    const armed = faults.arm(nullColumns())
    await client.query('BEGIN')
    expect((await client.query(statement, values)).rows[0]).toEqual(expected)
    expect((await client.query('COMMIT')).command).toBe('COMMIT')
    expect(armed.struck).toBe(1)
    expect((await client.query(statement, values)).rows[0]).toMatchObject(ada)
  })

  it('was not struck when there was nothing to alter', async () => {
    const { faults, config } = await scene()
    const client = await clientOf(config)
    const nulls = faults.arm(nullColumns())
    expect((await client.query('SELECT id, name FROM people WHERE id = $1', [1])).rows).toEqual([
      { id: 1, name: 'Ada' },
    ])
    const nothing = faults.arm(noRows())
    expect((await client.query('SELECT id FROM people WHERE id = $1', [9])).rows).toEqual([])
    expect([nulls.struck, nothing.struck]).toEqual([0, 0])
  })

  it.skipIf(!postgresjs)('leaves alone what another client asks behind it', async () => {
    const { faults, config } = await scene()
    const sql = postgresjs({ ...config, max: 1 })
    onTestFinished(() => sql.end())
    await sql`SELECT 1`
    faults.arm(noRows({ operation: 'SELECT people', nth: 2 }))
    const ask = (): Promise<unknown[]> => sql`SELECT id FROM people ORDER BY id`
    const answers = await Promise.all([ask(), ask(), ask()])
    expect(answers.map(({ length }) => length)).toEqual([2, 0, 2])
  })
})

describe.skipIf(!postgresBinaries || !pg)('a fault that leads to another', () => {
  it('refuses connections only once it has struck', async () => {
    const { faults, config } = await scene()
    const refuse = sqlstate('53300', { operation: 'CONNECT' })
    faults.arm({ ...lostConnection({ operation: 'SELECT people' }), next: refuse })
    const [first, second] = [await clientOf(config), await clientOf(config)]
    await expect(first.query(one, [1])).rejects.toThrow()
    await expect(new pg.Client(config).connect()).rejects.toMatchObject({ code: '53300' })
    expect((await second.query(one, [1])).rows).toEqual([ada])
  })
})

describe.skipIf(!postgresBinaries || !pg)('an idle connection that the server ends', () => {
  it('has answered before, and is told to the pool, which takes another one', async () => {
    const { faults, config } = await scene()
    const pool = new pg.Pool({ ...config, max: 1 })
    const errors: { code: string }[] = []
    pool.on('error', (error: { code: string }) => errors.push(error))
    onTestFinished(() => pool.end())
    const armed = faults.arm(idleConnectionLost({ operation: 'SELECT people' }))
    expect((await pool.query(one, [1])).rows).toEqual([ada])
    await expect.poll(() => errors.map(({ code }) => code)).toEqual(['57P01'])
    expect((await pool.query(one, [1])).rows).toEqual([ada])
    expect(armed.struck).toBe(1)
  })
})

// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
async function clientOf(config: object): Promise<any> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  return client
}
