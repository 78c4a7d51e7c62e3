import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Recorder } from '../../../src/core/recorder.ts'
import { createFaultSet } from '../../../src/modes/faults/fault-set.ts'
import type { MysqlBoundaryInput } from '../../../src/protocols/mysql/boundary.ts'
import type { MysqlQuestion, MysqlReply } from '../../../src/protocols/mysql/message.ts'
import { mysqlWire } from '../../../src/protocols/mysql/mysql-wire.ts'
import type { Isolated } from '../../../src/services/isolation.ts'
import { isolateMysql } from '../../../src/services/mariadb-isolation/isolate.ts'
import { openLook } from '../../../src/services/look.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { type Client, mysql2 } from './support.ts'

let server: ServerProcess
let direct: Client

const shop = `
  CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) NOT NULL UNIQUE, loud VARCHAR(50) AS (UPPER(name)));
  CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer INT NOT NULL, note TEXT,
    FOREIGN KEY (customer) REFERENCES customers(id) ON DELETE CASCADE);
  CREATE TABLE stock (id INT PRIMARY KEY, amount INT) COMMENT 'never -- written; here';
  CREATE VIEW names AS SELECT name FROM customers;
  INSERT INTO customers VALUES (0, 'zero', DEFAULT);
  UPDATE customers SET id = 0 WHERE name = 'zero';
  INSERT INTO customers (id, name) VALUES (1, 'Ada'), (2, 'Äda');
  INSERT INTO orders (id, customer, note) VALUES (1, 1, 'first'), (9, 1, 'deleted');
  DELETE FROM orders WHERE id = 9;`

describe.skipIf(!mariadbInstalled || !mysql2)('tests at one MariaDB', () => {
  beforeAll(async () => {
    server = await startMariadb()
    direct = await mysql2.createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      multipleStatements: true,
    })
  }, 60_000)
  afterAll(async () => {
    direct?.destroy()
    await server?.stop()
  })

  interface Opened {
    readonly isolated: Isolated
    readonly exchanges: { question: MysqlQuestion; replies: MysqlReply[] }[]
    connect(options?: object): Promise<Client>
  }

  async function open(
    input: Partial<MysqlBoundaryInput> = {},
    files: Readonly<Record<string, string>> = { '1.sql': shop },
  ): Promise<Opened> {
    const directory = temporaryFolder()
    mkdirSync(join(directory, 'migrations'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, 'migrations', name), text)
    const exchanges: Opened['exchanges'] = []
    const recorder: Recorder<MysqlQuestion, MysqlReply> = {
      open(question) {
        const taken = { question, replies: [] as MysqlReply[] }
        exchanges.push(taken)
        return { message: (_from, reply) => void taken.replies.push(reply), close: () => {} }
      },
    }
    const isolated = await isolateMysql({
      url: `mysql://root@127.0.0.1:${server.port}/shop`,
      input: { protocol: 'mysql', migrations: 'migrations', ...input },
      boundary: 'shop',
      worker: 'main',
      directory,
      env: process.env,
      recorder,
      faults: createFaultSet(),
    })
    onTestFinished(() => isolated.close())
    const connect = async (options: object = {}): Promise<Client> => {
      const { port, pathname } = new URL(isolated.url)
      const client = await mysql2.createConnection({
        host: '127.0.0.1',
        port: Number(port),
        user: 'root',
        database: pathname.slice(1),
        multipleStatements: true,
        ...options,
      })
      client.on('error', () => {})
      onTestFinished(() => client.destroy())
      return client
    }
    return { isolated, exchanges, connect }
  }

  const rows = async (client: Client, sql: string): Promise<unknown> => (await client.query(sql))[0]
  const everything = (client: Client): Promise<unknown> =>
    rows(
      client,
      'SELECT * FROM customers ORDER BY id; SELECT * FROM orders ORDER BY id; SELECT * FROM stock; SELECT * FROM names',
    )

  it('each finds what the migrations have made, over connections and prepared statements that stay', async () => {
    const { isolated, connect } = await open()
    const client = await connect()
    const before = await everything(client)
    const insert = 'INSERT INTO orders (customer, note) VALUES (?, ?)'
    for (let test = 0; test < 4; test++) {
      const [{ insertId }] = await client.execute(insert, [2, `of test ${test}`])
      // Numbers go on where the migrations have left them, deleted rows included.
      expect(insertId).toBe(10)
      expect(await rows(client, 'SELECT COUNT(*) AS n FROM orders')).toEqual([{ n: 2 }])
      expect(await isolated.next(`test ${test}`)).toEqual([])
      expect(await everything(client)).toEqual(before)
    }
  })

  it('rows that the server writes by itself are put back too', async () => {
    const { isolated, connect } = await open()
    const client = await connect()
    const before = await everything(client)
    await client.query('DELETE FROM customers WHERE id = 1')
    expect(await rows(client, 'SELECT COUNT(*) AS n FROM orders')).toEqual([{ n: 0 }])
    await isolated.next('cascades')
    expect(await everything(client)).toEqual(before)
    await client.query(
      "UPDATE customers c JOIN orders o ON o.customer = c.id SET c.name = 'x', o.note = 'y'; REPLACE INTO stock VALUES (1, 1)",
    )
    await isolated.next('joined')
    expect(await everything(client)).toEqual(before)
  })

  it('what triggers, procedures and DDL do is undone', async () => {
    const more = `DELIMITER //
      CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW BEGIN
        INSERT INTO stock VALUES (NEW.id, 1);
        UPDATE customers SET name = CONCAT(name, '!') WHERE id = NEW.customer;
      END //
      CREATE PROCEDURE settle() BEGIN DELETE FROM stock; INSERT INTO stock VALUES (77, 7); END //
      DELIMITER ;
      CREATE VIEW a_view AS SELECT * FROM z_view;`.replace(
      'CREATE VIEW a_view',
      'CREATE VIEW z_view AS SELECT 1 AS one; CREATE VIEW a_view',
    )
    const { isolated, connect } = await open({}, { '1.sql': shop, '2.sql': more })
    const client = await connect()
    const before = await everything(client)
    for (const sql of [
      "INSERT INTO orders (customer, note) VALUES (1, 'x')",
      'CALL settle()',
      'ALTER TABLE stock ADD COLUMN more INT; CREATE TABLE extra (id INT); DROP TABLE orders',
      'TRUNCATE stock; RENAME TABLE stock TO other',
      'BEGIN NOT ATOMIC INSERT INTO stock VALUES (3, 3); END',
    ]) {
      await client.query(sql)
      await isolated.next(sql)
      expect(await everything(client)).toEqual(before)
      expect(await rows(client, 'SELECT one FROM a_view')).toEqual([{ one: 1 }])
    }
    const [tables] = await client.query('SHOW FULL TABLES')
    expect(tables).toHaveLength(6)
    await client.query("INSERT INTO orders (customer, note) VALUES (2, 'x')")
    expect(await rows(client, 'SELECT amount FROM stock')).toEqual([{ amount: 1 }])
  })

  it('a test that writes nothing leaves nothing to do, and temporary tables are its own affair', async () => {
    const { isolated, connect } = await open()
    const client = await connect()
    for (const sql of ['CREATE TEMPORARY TABLE mine (id INT)', 'SELECT * FROM orders FOR UPDATE', 'SET @a = 1'])
      await client.query(sql)
    // A table that is emptied is made anew. When it was made is no sign: the server says when its file last changed.
    const tableId = async (): Promise<unknown> =>
      rows(
        client,
        "SELECT TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME = CONCAT(DATABASE(), '/orders')",
      )
    const before = await tableId()
    expect(before).toHaveLength(1)
    await isolated.next('reads')
    expect(await tableId()).toEqual(before)
    expect(await rows(client, 'SELECT @a AS a, (SELECT COUNT(*) FROM mine) AS n')).toEqual([{ a: 1, n: 0 }])
  })

  it('a connection in a transaction is told of, ended and rolled back; others stay', async () => {
    const { isolated, connect } = await open({ graceMs: 60 })
    const [client, other] = [await connect(), await connect()]
    await client.beginTransaction()
    await client.query("INSERT INTO customers (name) VALUES ('left   behind')")
    expect(await isolated.next('forgetful')).toEqual([
      { summary: "a connection in a transaction: INSERT INTO customers (name) VALUES ('left behind')" },
    ])
    await expect(client.query('COMMIT')).rejects.toThrow()
    expect(await rows(other, 'SELECT COUNT(*) AS n FROM customers')).toEqual([{ n: 3 }])
    const sleeping = other.query('SELECT SLEEP(30)').catch((error: Error) => error)
    await expect
      .poll(() => rows(direct, "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"))
      .toHaveLength(1)
    expect(await isolated.next('slow')).toEqual([{ summary: 'a connection in a statement: SELECT SLEEP(30)' }])
    expect(await sleeping).toBeInstanceOf(Error)
  })

  it('a connection that finishes in time is waited for', async () => {
    const { isolated, connect } = await open({ graceMs: 5_000 })
    const client = await connect()
    await client.beginTransaction()
    await client.query("INSERT INTO customers (name) VALUES ('late')")
    const next = isolated.next('late')
    await client.commit()
    expect(await next).toEqual([])
    expect(await rows(client, 'SELECT COUNT(*) AS n FROM customers')).toEqual([{ n: 3 }])
  })

  it('locked tables do not stand in the way', async () => {
    const { isolated, connect } = await open()
    const client = await connect()
    await client.query("INSERT INTO customers (name) VALUES ('x'); LOCK TABLES customers WRITE")
    await isolated.next('locking')
    const again = await connect()
    expect(await rows(again, 'SELECT COUNT(*) AS n FROM customers')).toEqual([{ n: 3 }])
  }, 30_000)

  it('two workers never meet, and a client may ask for the schema by the name it knows', async () => {
    const [one, two] = [await open(), await open()]
    const [a, b] = [await one.connect({ database: 'shop' }), await two.connect({ database: undefined })]
    await b.changeUser({ database: 'shop' })
    await a.query("INSERT INTO customers (id, name) VALUES (50, 'same')")
    await b.query('USE shop')
    await b.query("use `shop`; INSERT INTO customers (id, name) VALUES (50, 'same')")
    expect(await rows(b, 'SELECT name FROM customers WHERE id = 50')).toEqual([{ name: 'same' }])
    await one.isolated.next('a')
    expect(await rows(a, 'SELECT name FROM customers WHERE id = 50')).toEqual([])
    expect(await rows(b, 'SELECT name FROM customers WHERE id = 50')).toEqual([{ name: 'same' }])
    await expect(a.query('SELECT nothing FROM customers')).rejects.toThrow()
    const taken = JSON.stringify([...one.exchanges, ...two.exchanges])
    expect(taken).toContain('"database":"shop"')
    expect(taken).not.toContain('mortar_w_')
  })

  it('the application’s own schema is left as it is, and copied where there are no migrations', async () => {
    await direct.query(`CREATE DATABASE shop; USE shop; ${shop}`)
    onTestFinished(async () => void (await direct.query('DROP DATABASE shop')))
    const { isolated, connect } = await open({ migrations: undefined as never })
    const client = await connect()
    await client.query("INSERT INTO stock VALUES (5, 5); UPDATE orders SET note = 'changed'")
    const look = await openLook('mysql', isolated.direct)
    onTestFinished(() => look.close())
    expect(await look.rows('SELECT * FROM stock')).toEqual([{ id: 5, amount: 5 }])
    expect(await rows(direct, 'SELECT note FROM shop.orders')).toEqual([{ note: 'first' }])
    await isolated.next('one')
    expect(await rows(client, 'SELECT note FROM orders')).toEqual([{ note: 'first' }])
    await client.query("SELECT * FROM `shop`.stock; INSERT INTO `shop`.`stock` VALUES (8, 8); SELECT 'shop.x'")
    expect(await isolated.next('two')).toMatchObject([
      { summary: expect.stringContaining('what it wrote to the schema shop by its name, which tests share: SELECT') },
    ])
    await client.query("INSERT INTO stock SELECT 9, LENGTH('shop.stock')")
    expect(await isolated.next('three')).toEqual([])
  })

  it('seeds by rows, by a function and by SQL; a template is made once', async () => {
    const files = {
      '1.sql': shop,
      '2.sql': 'CREATE TABLE seeded (id INT PRIMARY KEY AUTO_INCREMENT, data JSON, at DATETIME(3))',
    }
    const at = new Date('2024-01-02T03:04:05.678Z')
    const byRows = await open({ seed: { seeded: [{ data: { a: [1] }, at }, { id: 7 }] } }, files)
    const client = await byRows.connect({ timezone: 'Z' })
    const wanted = [
      { id: 1, data: { a: [1] }, at },
      { id: 7, data: null, at: null },
    ]
    expect(await rows(client, 'SELECT * FROM seeded')).toEqual(wanted)
    await client.query('DELETE FROM seeded')
    await byRows.isolated.next('one')
    expect(await rows(client, 'SELECT * FROM seeded')).toEqual(wanted)
    const stored: unknown[] = []
    const byFunction = await open(
      {
        async seed({ insert, sql, random }) {
          const [first] = await insert('customers', { name: 'Ann' })
          stored.push(first, await sql('SELECT COUNT(*) AS n FROM customers'), random.int(1, 6))
        },
      },
      files,
    )
    expect(stored).toEqual([{ id: 3, name: 'Ann', loud: 'ANN' }, [{ n: 4 }], expect.any(Number)])
    expect(await rows(await byFunction.connect(), "SELECT id FROM customers WHERE name = 'Ann'")).toEqual([{ id: 3 }])
  })

  it('a command can migrate, and finds the address of an empty schema', async () => {
    const program = `
      const { createConnection } = require(${JSON.stringify(join(import.meta.dirname, '../../../node_modules/mysql2/promise.js'))})
      createConnection(process.env.DATABASE_URL).then(async (c) => { await c.query('CREATE TABLE made (id INT)'); await c.end() })`
    const { connect } = await open(
      { migrations: { command: ['node', 'migrations/migrate.cjs'], inputs: ['migrations'] } },
      { 'migrate.cjs': program },
    )
    expect(await rows(await connect(), 'SELECT COUNT(*) AS n FROM made')).toEqual([{ n: 0 }])
  })

  it('a migration that fails is named with its line and error, and leaves nothing behind', async () => {
    const failing = open(
      {},
      { '1.sql': 'CREATE TABLE a (id INT);', '2.sql': 'DELIMITER //\nSELECT 1 //\nSELECT\n  nothing FROM WHERE //' },
    )
    await expect(failing).rejects.toMatchObject({
      code: 'MORTAR_MIGRATION_FAILED',
      where: 'migrations/2.sql:4',
      seen: 'error 1064 (42000)',
    })
    await expect(open({ seed: { none: [{ id: 1 }] } })).rejects.toMatchObject({
      code: 'MORTAR_MIGRATION_FAILED',
      where: 'the seed of none',
    })
    expect(
      await rows(direct, "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'mortar\\_w%'"),
    ).toEqual([])
  })

  it('schemas of a process that was killed are dropped', async () => {
    const { isolated } = await open()
    const mine = new URL(isolated.url).pathname.slice(1)
    const orphan = mine.replace(/_\d+_[a-z0-9]+_\d+$/, '_999999999_abc_0')
    await direct.query(`CREATE DATABASE ${orphan}`)
    await open()
    const names = (await rows(direct, 'SHOW DATABASES')) as { Database: string }[]
    expect(names.map(({ Database }) => Database)).toContain(mine)
    expect(names.map(({ Database }) => Database)).not.toContain(orphan)
  })

  it('nothing is undone where that is wanted', async () => {
    await direct.query(`CREATE DATABASE shop; USE shop; CREATE TABLE stock (id INT)`)
    onTestFinished(async () => void (await direct.query('DROP DATABASE shop')))
    const { isolated, connect, exchanges } = await open({ isolation: 'none' })
    expect(isolated.shared).toBe(true)
    await (await connect()).query('INSERT INTO stock VALUES (1)')
    await isolated.next('one')
    expect(await rows(direct, 'SELECT id FROM shop.stock')).toEqual([{ id: 1 }])
    expect(exchanges.map(({ question }) => mysqlWire().describe(question).name)).toContain('INSERT stock')
  })

  it('a server that cannot be reached, or an address of something else, is an error with a hint', async () => {
    const options = {
      input: { protocol: 'mysql' },
      boundary: 'shop',
      worker: 'main',
      directory: '.',
      env: {},
      recorder: { open: () => ({ message: () => {}, close: () => {} }) },
      faults: createFaultSet(),
    } as const
    await expect(isolateMysql({ ...options, url: 'mysql://root@127.0.0.1:1/shop' })).rejects.toMatchObject({
      code: 'MORTAR_MYSQL_FAILED',
    })
    await expect(isolateMysql({ ...options, url: 'postgres://me:secret@db/shop' })).rejects.toMatchObject({
      code: 'MORTAR_CONFIG_INVALID',
      message: expect.not.stringContaining('secret'),
    })
    await expect(
      isolateMysql({ ...options, url: `mysql://nobody:wrong@127.0.0.1:${server.port}/shop` }),
    ).rejects.toMatchObject({ code: 'MORTAR_MYSQL_FAILED', seen: expect.stringContaining('1045') })
  })
})
