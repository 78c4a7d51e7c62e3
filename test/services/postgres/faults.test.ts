import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bandwidth } from '../../../src/modes/faults/bandwidth.ts'
import { blackhole } from '../../../src/modes/faults/blackhole.ts'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { halfOpen } from '../../../src/modes/faults/half-open.ts'
import { jitter } from '../../../src/modes/faults/jitter.ts'
import { latency } from '../../../src/modes/faults/latency.ts'
import { limit } from '../../../src/modes/faults/limit.ts'
import { lostAnswer } from '../../../src/modes/faults/lost-answer.ts'
import { lostConnection } from '../../../src/modes/faults/lost-connection.ts'
import { readOnly } from '../../../src/modes/faults/read-only.ts'
import { reset } from '../../../src/modes/faults/reset.ts'
import { slice } from '../../../src/modes/faults/slice.ts'
import { slowClose } from '../../../src/modes/faults/slow-close.ts'
import { slowQuestion } from '../../../src/modes/faults/slow-question.ts'
import { sqlstate } from '../../../src/modes/faults/sqlstate.ts'
import { stuckStatement } from '../../../src/modes/faults/stuck-statement.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type Notes, proxyTo, takeNotes } from './support.ts'

const pg = optionalPackage('pg')
const postgresjs = optionalPackage('postgres')

let server: PostgresServer
beforeAll(async () => {
  if (!postgresBinaries) return
  server = await startPostgres()
})
afterAll(async () => server?.stop())

let tables = 0

interface Scene {
  readonly faults: FaultSet
  readonly notes: Notes
  readonly port: number
  readonly table: string
  readonly config: object
  /** Rows of the table, as seen beside the proxy. */
  rows(): string
}

async function scene(): Promise<Scene> {
  const faults = createFaultSet()
  const notes = takeNotes()
  const proxy = await proxyTo(server.port, { recorder: notes, faults })
  onTestFinished(() => proxy.close())
  const table = `t${++tables}`
  server.sql(`create table ${table} (id int primary key)`)
  const config = { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' }
  return {
    faults,
    notes,
    port: proxy.port,
    table,
    config,
    rows: () => server.sql(`select string_agg(id::text, ',') from ${table}`),
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the package may be absent, and so are its types
async function clientOf({ config }: Scene, more: object = {}): Promise<any> {
  const client = new pg.Client({ ...config, ...more })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.connection.stream.destroy())
  return client
}

describe.skipIf(!postgresBinaries || !pg)('a fault of a statement', () => {
  it('fails the second INSERT with 40001, aborts its transaction, and disturbs nothing else', async () => {
    const here = await scene()
    const { table, faults, notes } = here
    const client = await clientOf(here)
    const armed = faults.arm(sqlstate('40001', { operation: `INSERT ${table}`, nth: 2 }))
    const insert = (id: number): Promise<unknown> => client.query(`insert into ${table} values ($1)`, [id])
    await insert(1)
    await client.query('begin')
    await expect(insert(2)).rejects.toMatchObject({
      code: '40001',
      severity: 'ERROR',
      message: 'could not serialize access due to concurrent update',
    })
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' })
    await client.query('rollback')
    await insert(3)
    expect(armed.struck).toBe(1)
    expect(faults.watching).toBe(false)
    expect(here.rows()).toBe('1,3')
    expect(notes.lines()[2]).toContain('40001')
  })

  it('strikes a simple query and a named statement alike, and says the fields it is told', async () => {
    const here = await scene()
    const client = await clientOf(here)
    const named = { name: 'one', text: `select * from ${here.table} where id = $1`, values: [1] }
    await client.query(named)
    here.faults.arm(sqlstate('23505', { fingerprint: /where id/i, fields: { constraint: 'k', detail: 'because' } }))
    await expect(client.query(named)).rejects.toMatchObject({ code: '23505', constraint: 'k', detail: 'because' })
    expect((await client.query(named)).rows).toEqual([])
    here.faults.arm(sqlstate('40P01', { operation: 'SELECT' }))
    await expect(client.query('select 1; select 2')).rejects.toMatchObject({ code: '40P01' })
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  })

  it.skipIf(!postgresjs)('strikes one of many pipelined statements, and the others get their own answers', async () => {
    const { faults, port } = await scene()
    const sql = postgresjs({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: 1 })
    onTestFinished(() => sql.end())
    faults.arm(sqlstate('57014', { fingerprint: /pipelined/, nth: 5 }))
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => sql`select ${n}::int as pipelined`))
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value[0].pipelined : result.reason.code)),
    ).toEqual([0, 1, 2, 3, '57014', 5, 6, 7, 8, 9])
  })

  it('ends the session with a fatal error in the middle of a transaction', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm(sqlstate('57P01', { operation: `INSERT ${here.table}`, nth: 2 }))
    await client.query('begin')
    await client.query(`insert into ${here.table} values (1)`)
    const ended = new Promise((resolve) => client.once('end', resolve))
    await expect(client.query(`insert into ${here.table} values (2)`)).rejects.toMatchObject({
      code: '57P01',
      severity: 'FATAL',
    })
    await ended
    expect(here.rows()).toBe('')
  })

  it('refuses to connect, but only when told to', async () => {
    const here = await scene()
    here.faults.arm(sqlstate('40001', { times: 99 }))
    await clientOf(here)
    here.faults.disarmAll()
    const armed = here.faults.arm(sqlstate('53300', { operation: 'CONNECT' }))
    await expect(clientOf(here)).rejects.toMatchObject({ code: '53300', message: 'sorry, too many clients already' })
    await clientOf(here)
    expect(armed.struck).toBe(1)
  })

  it.each([
    ['lost before COMMIT: nothing is stored', lostConnection(), ''],
    ['lost after COMMIT: it is stored, and the client cannot know', lostAnswer(), '1'],
  ])('connection %s', async (_name, fault, stored) => {
    for (const commit of ['commit', { text: 'commit', values: [], queryMode: 'extended' }]) {
      const here = await scene()
      const client = await clientOf(here)
      const armed = here.faults.arm(fault)
      await client.query('begin')
      await client.query(`insert into ${here.table} values (1)`)
      await expect(client.query(commit)).rejects.toThrow(/ECONNRESET|terminated/)
      expect(armed.struck).toBe(1)
      expect(here.rows()).toBe(stored)
    }
  })

  it('a COMMIT that fails has ended its transaction, and nothing is stored', async () => {
    for (const commit of ['commit', { text: 'commit', values: [], queryMode: 'extended' }]) {
      const here = await scene()
      const client = await clientOf(here)
      here.faults.arm(sqlstate('40001', { operation: 'COMMIT' }))
      await client.query('begin isolation level serializable')
      await client.query(`insert into ${here.table} values (1)`)
      await expect(client.query(commit)).rejects.toMatchObject({ code: '40001' })
      // No ROLLBACK is needed before the next attempt.
      await client.query('begin')
      await client.query(`insert into ${here.table} values (2)`)
      await client.query(commit)
      expect(here.rows()).toBe('2')
      expect(here.notes.lines().find((line) => line.startsWith('COMMIT'))).toContain('40001')
    }
  })

  it('loses the answer of a statement outside of a transaction after it is stored', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm(lostAnswer({ operation: `INSERT ${here.table}` }))
    await expect(client.query(`insert into ${here.table} values ($1)`, [1])).rejects.toThrow(/ECONNRESET|terminated/)
    expect(here.rows()).toBe('1')
  })

  it('refuses everything that writes, and nothing that reads, until disarmed', async () => {
    const here = await scene()
    const client = await clientOf(here)
    const armed = here.faults.arm(readOnly())
    for (const sql of [
      `insert into ${here.table} values (1)`,
      `with x as (delete from ${here.table} returning 1) select 1`,
    ])
      await expect(client.query(sql)).rejects.toMatchObject({ code: '25006' })
    await client.query(`select * from ${here.table}`)
    armed.disarm()
    await client.query(`insert into ${here.table} values (1)`)
    expect(armed.struck).toBe(2)
  })

  it('slows a statement down and leaves its answer as it is', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm(slowQuestion(150, { fingerprint: /slow/ }))
    const started = performance.now()
    expect((await client.query('select 1 as slow')).rows).toEqual([{ slow: 1 }])
    expect(performance.now() - started).toBeGreaterThan(145)
  })

  it('a stuck statement is cancelled when its session says so, and else waits until the fault is over', async () => {
    const here = await scene()
    const limited = await clientOf(here, { statement_timeout: 80 })
    here.faults.arm(stuckStatement({ fingerprint: /stuck/ }))
    await limited.query('begin')
    await expect(limited.query('select 1 as stuck')).rejects.toMatchObject({
      code: '57014',
      message: 'canceling statement due to statement timeout',
    })
    await expect(limited.query('select 1')).rejects.toMatchObject({ code: '25P02' })
    await limited.query('rollback')
    await limited.query("set lock_timeout = '20ms'")
    here.faults.arm(stuckStatement({ fingerprint: /stuck/ }))
    await expect(limited.query('select $1::int as stuck', [1])).rejects.toMatchObject({ code: '55P03' })

    const patient = await clientOf(here)
    const armed = here.faults.arm(stuckStatement({ fingerprint: /stuck/ }))
    const waits = patient.query('select 1 as stuck')
    await expect.poll(() => armed.struck).toBe(1)
    armed.disarm()
    expect((await waits).rows).toEqual([{ stuck: 1 }])
  })

  it.each([
    ['in a transaction', (table: string) => `insert into ${table} values (1)`],
    ['alone, with values', (table: string) => ({ text: `insert into ${table} values ($1)`, values: [1] })],
    ['that was sent with a goodbye', (table: string) => `insert into ${table} values (1)`],
  ])('a stuck statement %s is never done when its client leaves', async (how, insert) => {
    const here = await scene()
    const client = await clientOf(here, { application_name: here.table })
    const armed = here.faults.arm(stuckStatement({ operation: `INSERT ${here.table}` }))
    if (how === 'in a transaction') await client.query('begin')
    const waits = client.query(insert(here.table))
    waits.catch(() => {})
    if (how === 'that was sent with a goodbye') client.connection.stream.end()
    await expect.poll(() => armed.struck).toBe(1)
    client.connection.stream.destroy()
    await expect
      .poll(() => server.sql(`select count(*) from pg_stat_activity where application_name = '${here.table}'`))
      .toBe('0')
    armed.disarm()
    expect(here.rows()).toBe('')
  })

  it('is never reached when nothing matches', async () => {
    const here = await scene()
    const armed = here.faults.arm(sqlstate('40001', { operation: 'DELETE nowhere' }))
    const client = await clientOf(here)
    await client.query('select 1')
    expect(armed.struck).toBe(0)
  })
})

describe.skipIf(!postgresBinaries || !pg)('a fault of the wire', () => {
  const big = "select string_agg(md5(n::text), '') as text from generate_series(1, 5000) as n"
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }

  it('latency delays what one side sends, and stops when disarmed', async () => {
    const here = await scene()
    const client = await clientOf(here)
    const armed = here.faults.arm({ wire: latency(80), from: 'service' })
    expect(await timed(() => client.query('select 1'))).toBeGreaterThan(75)
    expect(armed.struck).toBe(1)
    armed.disarm()
    const endless = here.faults.arm({ wire: latency(600_000), from: 'service' })
    const held = client.query('select 1')
    endless.disarm()
    await held
    await client.query('select 1')
  })

  it('jitter and slices keep every byte in its place', async () => {
    const here = await scene()
    const client = await clientOf(here)
    const { rows } = await client.query(big)
    here.faults.arm({ wire: jitter({ ms: 3, spreadMs: 3 }) })
    here.faults.arm({ wire: slice({ averageBytes: 700, variationBytes: 500 }) })
    expect((await client.query(big)).rows).toEqual(rows)
    here.faults.disarmAll()
    expect((await client.query(big)).rows).toEqual(rows)
  })

  it('bandwidth makes a large answer slow', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm({ wire: bandwidth(1_000_000), from: 'service' })
    expect(await timed(() => client.query(big))).toBeGreaterThan(140)
  })

  it('reset breaks the connection at the next byte', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm({ wire: reset(), from: 'client' })
    await expect(client.query('select 1')).rejects.toThrow(/ECONNRESET|terminated/)
    here.faults.disarmAll()
    await (await clientOf(here)).query('select 1')
  })

  it('slow close: the end of a session reaches the server late', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm({ wire: slowClose(120), from: 'client' })
    const { stream } = client.connection
    expect(await timed(() => new Promise((resolve) => stream.once('close', resolve).end()))).toBeGreaterThan(115)
  })

  it('limit ends the connection after so many bytes', async () => {
    const here = await scene()
    const client = await clientOf(here)
    here.faults.arm({ wire: limit(1000), from: 'service' })
    await expect(client.query(big)).rejects.toThrow(/terminated/)
  })

  it('a blackhole answers nothing, and the connection is of no use after it', async () => {
    const here = await scene()
    const client = await clientOf(here)
    const undisturbed = await clientOf(await scene())
    const armed = here.faults.arm({ wire: blackhole() })
    let heard = 'silence'
    const asked = client.query('select 1')
    asked.then(
      () => (heard = 'answer'),
      () => (heard = 'failure'),
    )
    // Asked later, and on the same way but for the fault.
    for (let turn = 0; turn < 20; turn++) await undisturbed.query('select 1')
    expect(heard).toBe('silence')
    armed.disarm()
    await expect(asked).rejects.toThrow(/ECONNRESET|terminated/)
  })

  it('half-open: the server does not hear that the client has gone until it is disarmed', async () => {
    const here = await scene()
    const other = await scene()
    const client = await clientOf(here, { application_name: here.table })
    const undisturbed = await clientOf(other, { application_name: other.table })
    const sessions = ({ table } = here): string =>
      server.sql(`select count(*) from pg_stat_activity where application_name = '${table}'`)
    const armed = here.faults.arm({ wire: halfOpen(), from: 'client' })
    client.connection.stream.resetAndDestroy()
    undisturbed.connection.stream.resetAndDestroy()
    await expect.poll(() => sessions(other), { timeout: 20_000 }).toBe('0')
    expect(sessions()).toBe('1')
    armed.disarm()
    await expect.poll(() => sessions(), { timeout: 20_000 }).toBe('0')
  })
})
