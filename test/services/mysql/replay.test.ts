import net from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Exchange } from '../../../src/core/exchange.ts'
import type { Peer } from '../../../src/core/peer.ts'
import { readyAnswer } from '../../../src/core/peer.ts'
import type { Protocol } from '../../../src/core/protocol.ts'
import { makeTape } from '../../../src/modes/tape.ts'
import type { MysqlQuestion, MysqlReply } from '../../../src/protocols/mysql/message.ts'
import { mysqlWire } from '../../../src/protocols/mysql/mysql-wire.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import { listening } from '../../support/upstream.ts'
import { type Client, connect, mysql2, type MysqlRelay, mysqlRelay } from './support.ts'

const wire = mysqlWire()
const megabyte = 1 << 20
let server: ServerProcess

describe.skipIf(!mariadbInstalled || !mysql2)('recorded statements are answered without MariaDB', () => {
  beforeAll(async () => {
    server = await startMariadb(['--local-infile=1'])
    const direct = await mysql2.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
    await direct.end()
  }, 60_000)
  afterAll(() => server?.stop())

  it('with the same rows, prepared or not, results and errors', async () => {
    const script = async (port: number): Promise<unknown> => {
      const client = await connect(port, { multipleStatements: true })
      const said: unknown[] = []
      const note = async (asked: Promise<unknown[]>): Promise<void> => {
        const failed = ({ errno, sqlState, message }: Client): unknown[] => [{ errno, sqlState, message }, null]
        const [rows, columns] = await asked.catch(failed)
        said.push(rows, columns && columnsOf(columns as unknown[]))
      }
      await note(client.query('CREATE OR REPLACE TABLE orders (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) UNIQUE, at DATETIME(3), price DECIMAL(9,2), ok TINYINT(1), data JSON, bin VARBINARY(9), f DOUBLE, t TIME)')) // prettier-ignore
      const insert = 'INSERT INTO orders (name, at, price, ok, data, bin, f, t) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
      const values = [
        'Äpfel',
        '2024-02-29 10:11:12.345',
        '10.50',
        1,
        '{"a":[1]}',
        Buffer.from([1, 0, 255]),
        0.1,
        '-11:12:13',
      ]
      await note(client.execute(insert, values))
      await note(client.execute(insert, values))
      await note(client.execute(insert, [null, null, null, null, null, null, null, null]))
      await note(client.query('SELECT * FROM orders ORDER BY id'))
      await note(client.execute('SELECT * FROM orders WHERE id = ?', [1]))
      await note(client.query('SELECT 1 AS one; DO 1; SELECT name FROM orders WHERE 0'))
      await client.beginTransaction()
      await note(client.query('UPDATE orders SET name = ? WHERE id = 1', ['pears']))
      await client.commit()
      await note(
        client.query({
          sql: "LOAD DATA LOCAL INFILE 'more.tsv' INTO TABLE orders (id, name)",
          infileStreamFactory: () => Readable.from([Buffer.from('90\tninety\n')]),
        }),
      )
      await note(client.query('SELECT nothing FROM orders'))
      await client.ping()
      await client.changeUser({ database: 'shop' })
      await client.query('SET NAMES utf8mb4')
      await note(client.query('SELECT COUNT(*) AS n FROM orders'))
      await client.end()
      return said
    }
    const relay = await mysqlRelay(server.port, undefined, megabyte)
    const recorded = await script(relay.port)
    await relay.over()
    const port = await replay(relay)
    expect(await script(port)).toEqual(recorded)
    const late = await connect(port)
    await expect(late.query('SELECT * FROM customers')).rejects.toThrow(
      'MORTAR_MISS nothing recorded answers SELECT * FROM customers',
    )
    await expect(late.execute('SELECT ? + 1', [4])).rejects.toMatchObject({ errno: 1105, sqlState: 'HY000' })
  })

  it('a statement that was prepared answers one that is not, if text and values are the same', async () => {
    const relay = await mysqlRelay(server.port, undefined, megabyte)
    const client = await connect(relay.port)
    await client.execute('SELECT 5 AS n, 1.5 AS d, CAST("2024-01-02" AS DATE) AS day')
    await client.end()
    await relay.over()
    const again = await connect(await replay(relay), { dateStrings: true })
    const [rows] = await again.query('SELECT 5 AS n, 1.5 AS d, CAST("2024-01-02" AS DATE) AS day')
    expect(rows).toEqual([{ n: 5, d: '1.5', day: '2024-01-02' }])
  })

  it('an answer that was too large to be kept is an error, and no other data', async () => {
    const relay = await mysqlRelay(server.port, undefined, 1_000)
    const client = await connect(relay.port)
    await client.query('SELECT seq FROM seq_1_to_1000')
    await client.end()
    await relay.over()
    const again = await connect(await replay(relay))
    await expect(again.query('SELECT seq FROM seq_1_to_1000')).rejects.toThrow(
      /^MORTAR_RECORDING_CUT .*too large to be kept/,
    )
  })

  it('a connection that was lost is lost again', async () => {
    const relay = await mysqlRelay(server.port, undefined, megabyte)
    const client = await connect(relay.port)
    await client.query('KILL CONNECTION_ID()').catch(() => {})
    await relay.over()
    relay.of('KILL').forEach(({ messages }) => messages.splice(0, 9, lostAt(0)))
    const again = await connect(await replay(relay))
    await expect(again.query('KILL CONNECTION_ID()')).rejects.toMatchObject({ fatal: true })
  })
})

function lostAt(ms: number): { ms: number; from: 'service'; message: MysqlReply } {
  return { ms, from: 'service', message: { type: 'failure', failure: 'reset', message: 'gone' } }
}

/** What applications look at of the columns. */
function columnsOf(columns: unknown[]): unknown {
  return JSON.parse(JSON.stringify(columns), (key, value: unknown) => (key.startsWith('_') ? undefined : value))
}

/** Serves recordings that have been written down and read again. */
async function replay({ exchanges }: MysqlRelay): Promise<number> {
  const kept = new Map<string, Uint8Array>()
  const files = {
    put: (bytes: Uint8Array) => {
      kept.set(`${kept.size}`, bytes)
      return `${kept.size - 1}`
    },
    get: (name: string) => kept.get(name)!,
  }
  const recordings = exchanges.map(({ question, messages, operation }, i) => {
    const json = JSON.parse(JSON.stringify(wire.notation.write({ question, messages }, files)))
    const exchange: Exchange<MysqlQuestion, MysqlReply> = {
      id: `${i}`,
      boundary: 'shop',
      protocol: 'mysql',
      operation,
      effect: false,
      test: null,
      askedAt: i,
      durationMs: 0,
      ending: 'complete',
      ...wire.notation.read(json, files),
    }
    return { exchange, cassette: 'shop.json', expired: false }
  })
  const tape = makeTape(wire as unknown as Protocol<MysqlQuestion, MysqlReply>, recordings, { repeat: 'none' })
  const peer: Peer<MysqlQuestion, MysqlReply> = (question) => {
    const found = tape.take(question)
    if (!found) throw new Error(`nothing recorded answers ${wire.summarize(question)}`)
    return readyAnswer(found.exchange.messages.map(({ message }) => message))
  }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const { port } = await listening(
    net.createServer((client) => {
      void wire.serve(client, peer, { origin: 'mysql://localhost', signal: stop.signal })
    }),
  )
  return port
}
