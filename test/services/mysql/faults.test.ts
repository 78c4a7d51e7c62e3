import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ProtocolFault } from '../../../src/core/protocol-fault.ts'
import { bandwidth } from '../../../src/modes/faults/bandwidth.ts'
import { createFaultSet, type FaultMatch, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { latency } from '../../../src/modes/faults/latency.ts'
import { limit } from '../../../src/modes/faults/limit.ts'
import { lostAnswer } from '../../../src/modes/faults/lost-answer.ts'
import { lostConnection } from '../../../src/modes/faults/lost-connection.ts'
import { readOnly } from '../../../src/modes/faults/read-only.ts'
import { reset } from '../../../src/modes/faults/reset.ts'
import { slice } from '../../../src/modes/faults/slice.ts'
import { slowQuestion } from '../../../src/modes/faults/slow-question.ts'
import { sqlstate } from '../../../src/modes/faults/sqlstate.ts'
import { mysqlFaults } from '../../../src/protocols/mysql/faults.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import { type Client, connect, mysql2, type MysqlRelay, mysqlRelay } from './support.ts'

let server: ServerProcess
let direct: Client

describe.skipIf(!mariadbInstalled || !mysql2)('a fault on MariaDB', () => {
  beforeAll(async () => {
    server = await startMariadb()
    direct = await mysql2.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
    await direct.query('USE shop')
  }, 60_000)
  afterAll(async () => {
    direct?.destroy()
    await server?.stop()
  })
  beforeEach(async () => {
    await direct.query('CREATE OR REPLACE TABLE orders (id INT PRIMARY KEY, name LONGTEXT)')
  })

  async function start(): Promise<{ client: Client; faults: FaultSet; relay: MysqlRelay }> {
    const faults = createFaultSet()
    const relay = await mysqlRelay(server.port, faults)
    return { client: await connect(relay.port), faults, relay }
  }

  const ids = async (): Promise<number[]> =>
    (await direct.query('SELECT id FROM orders ORDER BY id'))[0].map(({ id }: { id: number }) => id)
  const arm = (fault: ProtocolFault, match: FaultMatch): Parameters<FaultSet['arm']>[0] => ({
    ...fault,
    match: { ...fault.match, ...match },
  })

  it.each([
    ['deadlock', mysqlFaults.deadlock(), 1213, '40001', /^Deadlock found/],
    ['lock wait timeout', mysqlFaults.lockWaitTimeout(), 1205, 'HY000', /^Lock wait timeout exceeded/],
    ['duplicate', mysqlFaults.duplicate({ entry: '2' }), 1062, '23000', /^Duplicate entry '2' for key 'PRIMARY'$/],
    ['read only', mysqlFaults.readOnly(), 1290, 'HY000', /--read-only/],
    ['any number', mysqlFaults.serverError(1406, "it's \\ too long"), 1406, '22001', /^it's \\ too long$/],
    ['sqlstate 40P01', sqlstate('40P01'), 1213, '40001', /^Deadlock found/],
    ['sqlstate 55P03', sqlstate('55P03'), 1205, 'HY000', /^Lock wait timeout/],
    ['sqlstate 23505', sqlstate('23505', { message: 'taken' }), 1062, '23000', /^taken$/],
    ['sqlstate of a trigger', sqlstate('45000', { message: 'no' }), 1644, '45000', /^no$/],
    ['read-only', readOnly(), 1290, 'HY000', /--read-only/],
  ] as const)('%s refuses the statement it is told to, and no other', async (_name, fault, errno, state, message) => {
    for (const method of ['query', 'execute'] as const) {
      const { client, faults, relay } = await start()
      await direct.query('TRUNCATE orders')
      const insert = 'INSERT INTO orders (id) VALUES (?)'
      const armed = faults.arm({ ...fault, match: { operation: 'INSERT orders', nth: 2 } })
      await client[method](insert, [1])
      await expect(client[method](insert, [2])).rejects.toMatchObject({
        errno,
        sqlState: state,
        sqlMessage: expect.stringMatching(message),
      })
      await client[method](insert, [3])
      expect(await ids()).toEqual([1, 3])
      expect(armed.struck).toBe(1)
      expect(relay.of('INSERT orders').map(({ messages }) => messages.map(({ message: { type } }) => type))).toEqual([
        ['done'],
        ['error'],
        ['done'],
      ])
    }
  })

  it('the server itself knows of the error that was refused', async () => {
    const { client, faults } = await start()
    faults.arm(arm(mysqlFaults.lockWaitTimeout(), { operation: 'DELETE orders' }))
    await expect(client.query('DELETE FROM orders')).rejects.toThrow('Lock wait')
    expect((await client.query('SHOW ERRORS'))[0]).toMatchObject([{ Code: 1205 }])
  })

  it('a deadlock rolls the transaction back, a lock wait timeout only its statement', async () => {
    const { client, faults } = await start()
    await client.beginTransaction()
    await client.query('INSERT INTO orders (id) VALUES (1)')
    faults.arm(arm(mysqlFaults.lockWaitTimeout(), { operation: 'UPDATE orders' }))
    await expect(client.query('UPDATE orders SET id = 2')).rejects.toMatchObject({ errno: 1205 })
    await client.commit()
    expect(await ids()).toEqual([1])
    await client.beginTransaction()
    await client.query('INSERT INTO orders (id) VALUES (5)')
    faults.arm(arm(mysqlFaults.deadlock(), { operation: 'UPDATE orders' }))
    await expect(client.query('UPDATE orders SET id = 2')).rejects.toMatchObject({ errno: 1213 })
    // Outside of a transaction now, as after a real one.
    await client.query('INSERT INTO orders (id) VALUES (6)')
    await client.rollback()
    expect(await ids()).toEqual([1, 6])
  })

  it('too many connections are refused before the server hears of it', async () => {
    const { client, faults, relay } = await start()
    const armed = faults.arm(mysqlFaults.tooManyConnections())
    await client.query('SELECT 1')
    await expect(connect(relay.port)).rejects.toMatchObject({
      errno: 1040,
      message: expect.stringContaining('Too many'),
    })
    const again = await connect(relay.port)
    expect((await again.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
    expect(armed.struck).toBe(1)
    expect(relay.of('CONNECT')[1]!.messages[0]!.message).toMatchObject({ type: 'error', error: { errno: 1040 } })
    faults.arm(sqlstate('53300', { operation: 'CONNECT' }))
    await expect(connect(relay.port)).rejects.toMatchObject({ errno: 1040 })
  })

  it('COMMIT is done but its answer lost, or the connection is lost before it', async () => {
    const { client, faults, relay } = await start()
    faults.arm(lostAnswer())
    await client.beginTransaction()
    await client.query('INSERT INTO orders (id) VALUES (1)')
    await expect(client.commit()).rejects.toMatchObject({ fatal: true })
    expect(await ids()).toEqual([1])
    const other = await connect(relay.port)
    faults.arm(lostConnection())
    await other.beginTransaction()
    await other.query('INSERT INTO orders (id) VALUES (2)')
    await expect(other.commit()).rejects.toMatchObject({ fatal: true })
    expect(await ids()).toEqual([1])
    await relay.over()
    expect(relay.of('COMMIT').map(({ messages }) => messages.map(({ message }) => message.type))).toEqual([
      ['done', 'failure'],
      ['failure'],
    ])
  })

  it('the server goes away before a statement, or is lost while it runs', async () => {
    const { client, faults, relay } = await start()
    faults.arm(arm(mysqlFaults.goneAway(), { operation: 'INSERT orders' }))
    await expect(client.query('INSERT INTO orders (id) VALUES (1)')).rejects.toMatchObject({ fatal: true })
    expect(await ids()).toEqual([])
    const other = await connect(relay.port)
    faults.arm(arm(mysqlFaults.lostDuringQuery(), { operation: 'INSERT orders' }))
    await expect(other.execute('INSERT INTO orders (id) VALUES (?)', [2])).rejects.toMatchObject({ fatal: true })
    expect(await ids()).toEqual([2])
  })

  it('a shutdown ends the connection with its error, and what was begun is rolled back', async () => {
    const { client, faults } = await start()
    await client.beginTransaction()
    await client.query('INSERT INTO orders (id) VALUES (1)')
    faults.arm(sqlstate('57P01', { operation: 'SELECT orders' }))
    await expect(client.query('SELECT * FROM orders')).rejects.toMatchObject({ errno: 1053 })
    await expect(client.query('SELECT 1')).rejects.toThrow()
    await direct.query('INSERT INTO orders (id) VALUES (1)')
    expect(await ids()).toEqual([1])
  })

  it('a slow statement reaches the server later, and what is behind it too', async () => {
    const { client, faults } = await start()
    faults.arm(slowQuestion(150, { operation: 'INSERT orders' }))
    const inserted = client.query('INSERT INTO orders (id) VALUES (1)')
    const counted = client.query('SELECT COUNT(*) AS n FROM orders')
    expect(await ids()).toEqual([])
    await inserted
    expect((await counted)[0]).toEqual([{ n: 1 }])
  })

  it('strikes a statement of several packets before its first byte', async () => {
    await direct.query('SET GLOBAL max_allowed_packet = 67108864')
    const { faults, relay } = await start()
    const client = await connect(relay.port)
    faults.arm(arm(mysqlFaults.lockWaitTimeout(), { operation: 'INSERT orders' }))
    const large = 'x'.repeat(0xff_ff_ff + 10)
    await expect(client.query('INSERT INTO orders VALUES (1, ?)', [large])).rejects.toMatchObject({ errno: 1205 })
    await client.query('INSERT INTO orders VALUES (1, ?)', [large])
    expect((await client.query('SELECT LENGTH(name) AS n FROM orders'))[0]).toEqual([{ n: large.length }])
  })

  it('of the wire disturbs bytes from the first one on', async () => {
    const { faults, relay } = await start()
    const sliced = faults.arm({ wire: slice({ averageBytes: 3 }) })
    const client = await connect(relay.port)
    expect((await client.query("SELECT 'sliced' AS text"))[0]).toEqual([{ text: 'sliced' }])
    sliced.disarm()
    const slow = faults.arm({ wire: latency(40), from: 'service' })
    const before = performance.now()
    await client.query('SELECT 1')
    expect(performance.now() - before).toBeGreaterThan(35)
    slow.disarm()
    const narrow = faults.arm({ wire: bandwidth(100_000) })
    expect((await client.query("SELECT REPEAT('x', 5000) AS text"))[0][0].text.length).toBe(5000)
    narrow.disarm()
    const limited = faults.arm({ wire: limit(10), from: 'service' })
    await expect(connect(relay.port)).rejects.toThrow()
    limited.disarm()
    faults.arm({ wire: reset() })
    await expect(client.query('SELECT 1')).rejects.toThrow()
  })

  it('does nothing when disarmed: the bytes are the same', async () => {
    const { client, faults, relay } = await start()
    const armed = faults.arm(arm(mysqlFaults.deadlock(), { operation: 'SELECT orders' }))
    await client.query('INSERT INTO orders (id) VALUES (1)')
    armed.disarm()
    await client.query('SELECT * FROM orders')
    expect(armed.struck).toBe(0)
    expect(relay.bytes.client.got().equals(relay.bytes.client.sent())).toBe(true)
    expect(relay.bytes.service.got().subarray(200).equals(relay.bytes.service.sent().subarray(200))).toBe(true)
  })

  it('strikes a pool whose other connections go on', async () => {
    const { faults, relay } = await start()
    const pool = mysql2.createPool({
      host: '127.0.0.1',
      port: relay.port,
      user: 'root',
      database: 'shop',
      connectionLimit: 3,
    })
    onTestFinished(() => pool.end())
    faults.arm(arm(mysqlFaults.deadlock(), { operation: 'INSERT orders', nth: 3, times: 2 }))
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, id) => pool.query('INSERT INTO orders (id) VALUES (?)', [id])),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2)
    expect(await ids()).toHaveLength(6)
  })
})
