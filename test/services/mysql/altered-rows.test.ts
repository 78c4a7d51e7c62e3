import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { noRows, nullColumns } from '../../../src/modes/faults/altered-rows.ts'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { idleConnectionLost } from '../../../src/modes/faults/idle-connection-lost.ts'
import { lostConnection } from '../../../src/modes/faults/lost-connection.ts'
import { sqlstate } from '../../../src/modes/faults/sqlstate.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import { type Client, connect, lines, mysql2, type MysqlRelay, mysqlRelay } from './support.ts'

let server: ServerProcess

const all = 'SELECT id, name, nick, upper(nick) AS loud FROM people ORDER BY id'
const one = 'SELECT id, name, nick, born FROM people WHERE id = ?'
const ada = { id: 1, name: 'Ada', nick: 'Countess' }
const born = '1815-12-10'

describe.skipIf(!mariadbInstalled || !mysql2)('on MariaDB', () => {
  beforeAll(async () => {
    server = await startMariadb()
    const direct = await mysql2.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
    await direct.query(
      'CREATE TABLE shop.people (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, nick VARCHAR(20), born DATE)',
    )
    await direct.query(`INSERT INTO shop.people VALUES (1, 'Ada', 'Countess', '${born}'), (2, 'Grace', NULL, NULL)`)
    direct.destroy()
  }, 60_000)
  afterAll(async () => server?.stop())

  async function start(): Promise<{ client: Client; faults: FaultSet; relay: MysqlRelay }> {
    const faults = createFaultSet()
    const relay = await mysqlRelay(server.port, faults)
    return { client: await connect(relay.port, { dateStrings: true, multipleStatements: true }), faults, relay }
  }

  it.each(['query', 'execute'] as const)('an answer has no rows, once, by %s', async (method) => {
    const { client, faults, relay } = await start()
    const [before] = await client[method](one, [1])
    const armed = faults.arm(noRows())
    expect((await client[method](one, [1]))[0]).toEqual([])
    expect((await client[method](one, [1]))[0]).toEqual(before)
    expect(armed.struck).toBe(1)
    expect(lines(relay)).toEqual(['SELECT people → 1 row', 'SELECT people → 0 rows', 'SELECT people → 1 row'])
  })

  it.each([
    ['query', all, [], { ...ada, nick: null, loud: 'COUNTESS' }],
    ['query', one, [1], { ...ada, nick: null, born: null }],
    ['execute', one, [1], { ...ada, nick: null, born: null }],
  ] as const)('an answer has NULL where the table allows it, by %s of %s', async (method, sql, values, expected) => {
    const { client, faults } = await start()
    const armed = faults.arm(nullColumns())
    await client.query('BEGIN')
    expect((await client[method](sql, values))[0][0]).toEqual(expected)
    await client.query('COMMIT')
    expect((await client[method](sql, values))[0][0]).toMatchObject(ada)
    expect(armed.struck).toBe(1)
  })

  it('an answer was not altered when there was nothing to alter', async () => {
    const { client, faults } = await start()
    const nulls = faults.arm(nullColumns())
    expect((await client.query('SELECT id, name FROM people WHERE id = 1'))[0]).toEqual([{ id: 1, name: 'Ada' }])
    const nothing = faults.arm(noRows())
    expect((await client.query('SELECT id FROM people WHERE id = 9'))[0]).toEqual([])
    expect([nulls.struck, nothing.struck]).toEqual([0, 0])
  })

  it('of several answers in one the first is altered, and the others come behind it', async () => {
    const { client, faults } = await start()
    faults.arm(noRows())
    const [rows] = await client.query('SELECT id FROM people ORDER BY id; SELECT name FROM people WHERE id = 1')
    expect(rows).toEqual([[], [{ name: 'Ada' }]])
    expect((await client.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
  })

  it('a database is full once the connection was lost', async () => {
    const { client, faults, relay } = await start()
    const full = sqlstate('53300', { operation: 'CONNECT', times: Number.POSITIVE_INFINITY })
    faults.arm({ ...lostConnection({ operation: 'SELECT people' }), next: full })
    await expect(client.query(one, [1])).rejects.toThrow()
    await expect(connect(relay.port)).rejects.toMatchObject({ errno: 1040 })
    faults.disarmAll()
    expect((await (await connect(relay.port)).query(one, [1]))[0]).toHaveLength(1)
  })

  it('an idle connection that the server ends has answered before, and the pool takes another one', async () => {
    const { faults, relay } = await start()
    const pool = mysql2.createPool({
      host: '127.0.0.1',
      port: relay.port,
      user: 'root',
      database: 'shop',
      connectionLimit: 1,
    })
    onTestFinished(() => pool.end())
    const errors: string[] = []
    pool.on('connection', (connection: Client) => connection.on('error', ({ message }: Error) => errors.push(message)))
    const armed = faults.arm(idleConnectionLost({ operation: 'SELECT people' }))
    expect((await pool.query(one, [1]))[0]).toHaveLength(1)
    await expect.poll(() => errors).toContainEqual(expect.stringContaining('Server shutdown in progress'))
    expect((await pool.query(one, [1]))[0]).toHaveLength(1)
    expect(armed.struck).toBe(1)
  })
})
