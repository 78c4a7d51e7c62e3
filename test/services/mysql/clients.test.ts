import { once } from 'node:events'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import type { MysqlReply } from '../../../src/protocols/mysql/message.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import { type Client, connect, lines, mysql2, type MysqlRelay, mysqlRelay } from './support.ts'

const drizzle = optionalPackage('drizzle-orm')
let server: ServerProcess
let direct: Client

describe.skipIf(!mariadbInstalled || !mysql2)('mysql2 through the relay', () => {
  beforeAll(async () => {
    server = await startMariadb(['--local-infile=1'])
    direct = await mysql2.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
    await direct.query('USE shop')
  }, 60_000)
  afterAll(async () => {
    direct?.destroy()
    await server?.stop()
  })
  beforeEach(async () => {
    await direct.query('DROP TABLE IF EXISTS stock, orders')
    await direct.query(
      'CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(200), price DECIMAL(10,2))',
    )
  })

  it('asks and gets the same as without it, and each statement is taken down', async () => {
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port)
    const [made] = await client.query("INSERT INTO orders (name, price) VALUES ('Äpfel', 1.5), ('pears', 2)")
    expect(made).toMatchObject({ affectedRows: 2, insertId: 1 })
    const [rows] = await client.query('SELECT * FROM orders WHERE id < ?', [3])
    expect(rows).toEqual([
      { id: 1, name: 'Äpfel', price: '1.50' },
      { id: 2, name: 'pears', price: '2.00' },
    ])
    await expect(client.query('SELECT nothing FROM orders')).rejects.toMatchObject({ errno: 1054, sqlState: '42S22' })
    await client.ping()
    await client.changeUser({ database: 'mysql' })
    await client.query('SELECT 1')
    await client.end()
    await relay.over()
    expect(lines(relay)).toEqual([
      'INSERT orders → 2 affected',
      'SELECT orders → 2 rows',
      "SELECT orders → 1054 (42S22) Unknown column 'nothing'",
      'PING → done',
      'CHANGE USER → done',
      'SELECT → 1 row',
    ])
    const [connected, insert] = relay.exchanges
    expect(connected!.messages[0]!.message).toMatchObject({
      type: 'ready',
      version: expect.stringContaining('MariaDB'),
    })
    expect(insert!.question).toMatchObject({ user: 'root', database: 'shop', kind: 'query' })
    expect(insert!.messages.map(({ message }) => message)).toEqual([
      {
        type: 'done',
        affected: 2,
        insertId: 1,
        warnings: 0,
        info: 'Records: 2  Duplicates: 0  Warnings: 0',
        transaction: false,
      },
    ])
    expect(relay.exchanges.at(-1)!.question.database).toBe('mysql')
    expect(relay.exchanges.every(({ ending }) => ending === 'complete')).toBe(true)
    sameBytes(relay)
  })

  it('prepares once and executes often, with values of every type as text', async () => {
    await direct.query(`CREATE TABLE stock (a TINYINT, b SMALLINT UNSIGNED, c INT, d BIGINT UNSIGNED, e FLOAT, f DOUBLE,
      g DATE, h DATETIME(3), i TIME(6), j YEAR, k DECIMAL(20,4), l VARCHAR(20), m BLOB, n BIT(9), o JSON, p TIMESTAMP NULL)`)
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port, { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true })
    const values = [
      -5, 65_535, -2_000_000_000, '18446744073709551615', 3.14, 1e300, '2024-02-29', '2024-02-29 12:30:01.250',
      '-100:59:59.123456', 2024, '12345678901.5000', 'naïve', Buffer.from([0, 255, 1]), Buffer.from([1, 2]), '{"a":1}', null,
    ] // prettier-ignore
    const insert = `INSERT INTO stock VALUES (${values.map(() => '?').join()})`
    await client.execute(insert, values)
    await client.execute(insert, values)
    const select = 'SELECT * FROM stock LIMIT 1'
    const [binary] = await client.execute(select)
    const [text] = await client.query(select)
    // The client shows all digits of a float that came in binary.
    expect(binary.map((row: object) => ({ ...row, e: 3.14 }))).toEqual(text)
    await client.end()
    await relay.over()
    const [first] = relay.of('INSERT stock')
    const wanted = values.map((value) =>
      value === null
        ? null
        : typeof value === 'object'
          ? expect.stringMatching(/^\\x00ff01$|^\x01\x02$/)
          : String(value).replace('e+', 'e'),
    )
    expect(first!.question).toMatchObject({ kind: 'execute', sql: insert, parameters: wanted })
    const [prepared, queried] = relay.of('SELECT stock').map(({ messages }) => messages[0]!.message as Rows)
    expect(prepared!.values).toEqual(queried!.values)
    expect(prepared!.values[0]!.slice(0, 5)).toEqual(['-5', '65535', '-2000000000', '18446744073709551615', '3.14'])
    sameBytes(relay)
  })

  it('runs transactions, and says with each answer whether one is open', async () => {
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port)
    await client.beginTransaction()
    await client.query("INSERT INTO orders (name) VALUES ('a')")
    await client.rollback()
    await client.query("INSERT INTO orders (name) VALUES ('b')")
    expect((await direct.query('SELECT name FROM orders'))[0]).toEqual([{ name: 'b' }])
    const open = relay.exchanges.slice(1).map(({ messages }) => (messages[0]!.message as Rows).transaction)
    expect(open).toEqual([true, true, false, false])
  })

  it('gets several results of several statements, and of procedures', async () => {
    await direct.query('DROP PROCEDURE IF EXISTS both_of')
    await direct.query('CREATE PROCEDURE both_of() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END')
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port, { multipleStatements: true })
    const [several] = await client.query(
      "INSERT INTO orders (name) VALUES ('x'); SELECT name FROM orders; SELECT 1 WHERE 0",
    )
    expect(several.slice(1)).toEqual([[{ name: 'x' }], []])
    const [called] = await client.query('CALL both_of()')
    expect(called.slice(0, 2)).toEqual([[{ a: 1 }], [{ b: 2, c: 3 }]])
    const [executed] = await client.execute('CALL both_of()')
    expect(executed.slice(0, 2)).toEqual([[{ a: 1 }], [{ b: 2, c: 3 }]])
    await expect(client.query('SELECT 1; SELECT nothing')).rejects.toMatchObject({ errno: 1054 })
    expect(lines(relay)).toEqual([
      'INSERT orders → 1 affected; 1 row; 0 rows',
      'CALL both_of → 1 row; 1 row; done',
      'CALL both_of → 1 row; 1 row; done',
      "SELECT → 1054 (42S22) Unknown column 'nothing'",
    ])
    sameBytes(relay)
  })

  it('a statement that cannot even be prepared is taken down with its error', async () => {
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port)
    await expect(client.execute('SELECT nothing FROM orders WHERE id = ?', [1])).rejects.toMatchObject({ errno: 1054 })
    expect((await client.execute('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
    expect(lines(relay)).toEqual(["PREPARE SELECT orders → 1054 (42S22) Unknown column 'nothing'", 'SELECT → 1 row'])
  })

  it('streams many rows, and keeps no more of them than it may', async () => {
    const relay = await mysqlRelay(server.port, undefined, 10_000)
    const client = await connect(relay.port)
    let rows = 0
    for await (const row of client.connection
      .query('SELECT seq, REPEAT("x", 100) AS text FROM seq_1_to_20000')
      .stream())
      rows += row.seq > 0 ? 1 : 0
    expect(rows).toBe(20_000)
    const reply = relay.of('SELECT seq_1_to_20000')[0]!.messages[0]!.message as Rows
    expect(reply).toMatchObject({ rows: 20_000, cut: true })
    expect(reply.bytes).toBeGreaterThan(2_000_000)
    expect(reply.values.length).toBeLessThan(100)
    expect(reply.values.length).toBeGreaterThan(10)
    sameBytes(relay)
  })

  it('carries values of more than one packet, both ways', async () => {
    await direct.query('SET GLOBAL max_allowed_packet = 67108864')
    await direct.query('CREATE TABLE stock (id INT, content LONGBLOB)')
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port)
    const large = Buffer.alloc(0xff_ff_ff + 1000, 'large value ')
    await client.execute('INSERT INTO stock VALUES (?, ?)', [7, large])
    const [[row]] = await client.query('SELECT content FROM stock')
    expect(row.content.equals(large)).toBe(true)
    const exact = 0xff_ff_ff - 4
    const [[whole]] = await client.query(`SELECT REPEAT('y', ${exact}) AS y`)
    expect(whole.y.length).toBe(exact)
    expect((await client.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
    expect(relay.of('INSERT stock')[0]!.question).toMatchObject({ cut: true })
    expect(relay.of('INSERT stock')[0]!.question.parameters[0]).toBe('7')
    expect(relay.of('SELECT stock')[0]!.messages[0]!.message).toMatchObject({ rows: 1, cut: true })
    sameBytes(relay)
  })

  it('sends a file that the server asks for, or is told that it may not', async () => {
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port, {
      infileStreamFactory: () => Readable.from([Buffer.from('1\tone\n2\ttwo\n')]),
    })
    const load = "LOAD DATA LOCAL INFILE 'orders.tsv' INTO TABLE orders (id, name)"
    const [loaded] = await client.query({
      sql: load,
      infileStreamFactory: () => Readable.from([Buffer.from('1\tone\n2\ttwo\n')]),
    })
    expect(loaded.affectedRows).toBe(2)
    await direct.query('SET GLOBAL local_infile = 0')
    onTestFinished(async () => void (await direct.query('SET GLOBAL local_infile = 1')))
    const other = await connect(relay.port)
    await expect(other.query(load)).rejects.toMatchObject({ errno: expect.any(Number) })
    expect((await client.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
    const [sent, refused] = relay.of('LOAD orders')
    expect(sent!.messages.map(({ message }) => message)).toMatchObject([
      { type: 'file', name: 'orders.tsv', bytes: 12 },
      { type: 'done', affected: 2 },
    ])
    expect(refused!.messages[0]!.message.type).toBe('error')
  })

  it('keeps the statements of a pool apart', async () => {
    const relay = await mysqlRelay(server.port)
    const pool = mysql2.createPool({
      host: '127.0.0.1',
      port: relay.port,
      user: 'root',
      database: 'shop',
      connectionLimit: 4,
    })
    onTestFinished(() => pool.end())
    const numbers = Array.from({ length: 40 }, (_, i) => i)
    const got = await Promise.all(numbers.map(async (n) => (await pool.execute('SELECT ? + 0 AS n', [n]))[0][0].n))
    expect(got).toEqual(numbers)
    expect(relay.of('SELECT')).toHaveLength(40)
    for (const { question, messages } of relay.of('SELECT'))
      expect((messages[0]!.message as Rows).values).toEqual([[question.parameters[0]]])
    expect(new Set(relay.of('SELECT').map(({ question }) => question.session)).size).toBeGreaterThan(1)
  })

  it('is refused by the server as it would be without the relay', async () => {
    const relay = await mysqlRelay(server.port)
    await expect(connect(relay.port, { user: 'nobody', password: 'x' })).rejects.toMatchObject({ errno: 1045 })
    await expect(connect(relay.port, { database: 'none' })).rejects.toMatchObject({ errno: 1049 })
    await relay.over()
    expect(relay.exchanges.map(({ operation, messages }) => [operation, messages[0]!.message])).toMatchObject([
      ['CONNECT', { type: 'error', error: { errno: 1045, sqlstate: '28000' } }],
      ['CONNECT', { type: 'error', error: { errno: 1049 } }],
    ])
  })

  it('logs in with a password, by whatever plugin the server wants', async () => {
    await direct.query("CREATE OR REPLACE USER app@'%' IDENTIFIED BY 'secret'")
    await direct.query("GRANT ALL ON shop.* TO app@'%'")
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port, { user: 'app', password: 'secret' })
    expect((await client.query('SELECT CURRENT_USER() AS me'))[0]).toEqual([{ me: 'app@%' }])
    await expect(connect(relay.port, { user: 'app', password: 'wrong' })).rejects.toMatchObject({ errno: 1045 })
    expect(JSON.stringify(relay.exchanges)).not.toContain('secret')
  })

  it('works the same while a fault waits for something else', async () => {
    const faults = createFaultSet()
    const armed = faults.arm({ name: 'never', match: { operation: 'DELETE nothing' }, disturbance: { do: 'cut' } })
    const relay = await mysqlRelay(server.port, faults)
    const client = await connect(relay.port, { multipleStatements: true })
    const large = 'x'.repeat(300_000)
    await client.query('INSERT INTO orders (name) VALUES (?); SELECT 1', ['a'])
    await client
      .execute('SELECT ? AS text', [large])
      .then(([[{ text }]]: [[{ text: string }]]) => expect(text).toBe(large))
    await Promise.all([client.query('SELECT 1'), client.query('SELECT 2'), client.execute('SELECT 3')])
    await client.query('SELECT seq FROM seq_1_to_5000')
    expect(armed.struck).toBe(0)
    sameBytes(relay)
  })

  it.skipIf(!drizzle)('an ORM goes through as it is', async () => {
    const { drizzle: open } = optionalPackage('drizzle-orm/mysql2')
    const { int, mysqlTable, varchar } = optionalPackage('drizzle-orm/mysql-core')
    const orders = mysqlTable('orders', { id: int().primaryKey().autoincrement(), name: varchar({ length: 200 }) })
    const relay = await mysqlRelay(server.port)
    const db = open(await connect(relay.port))
    await db.insert(orders).values([{ name: 'a' }, { name: 'b' }])
    await db
      .transaction(async (tx: Client) => {
        await tx.delete(orders)
        tx.rollback()
      })
      .catch(() => {})
    expect(await db.select().from(orders).where(drizzle.eq(orders.name, 'b'))).toEqual([{ id: 2, name: 'b' }])
    expect(lines(relay).filter((line) => !line.startsWith('SET'))).toEqual([
      'INSERT orders → 2 affected',
      'BEGIN → done',
      'DELETE orders → 2 affected',
      'ROLLBACK → done',
      'SELECT orders → 1 row',
    ])
  })

  it('a killed session is seen as lost', async () => {
    const relay = await mysqlRelay(server.port)
    const client = await connect(relay.port)
    const lost = once(client.connection, 'error')
    const sleeping = client.query('SELECT SLEEP(20)').catch((error: Error) => error)
    await relay.until(() => relay.of('SELECT')[0])
    await direct.query(`KILL ${client.threadId}`)
    expect(await sleeping).toBeInstanceOf(Error)
    client.destroy()
    await relay.over()
    expect(relay.of('SELECT')[0]!.ending).not.toBe('open')
    void lost.catch(() => {})
  })
})

type Rows = MysqlReply & { type: 'rows' }

/** The relay only hides in the greeting what it could not follow. */
function sameBytes({ bytes }: MysqlRelay): void {
  expect(bytes.client.got().equals(bytes.client.sent())).toBe(true)
  const [sent, got] = [bytes.service.sent(), bytes.service.got()]
  expect(got.length).toBe(sent.length)
  expect(got.subarray(200).toString('latin1')).toBe(sent.subarray(200).toString('latin1'))
}
