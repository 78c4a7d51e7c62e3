import { once } from 'node:events'
import net from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, query, startup, sync } from '../../../src/protocols/postgres/encode.ts'
import type { PostgresQuestion, PostgresReply } from '../../../src/protocols/postgres/message.ts'
import { postgresWire } from '../../../src/protocols/postgres/postgres-wire.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type ReplayServer, replayWire } from '../../support/replay-wire.ts'
import { type WireRelay, wireRelay } from '../../support/wire-relay.ts'

const pg = optionalPackage('pg')
const copy = optionalPackage('pg-copy-streams')
const Cursor = optionalPackage('pg-cursor')
const postgresjs = optionalPackage('postgres')
const wire = postgresWire()
const megabyte = 1 << 20

let server: PostgresServer
beforeAll(async () => {
  if (postgresBinaries) server = await startPostgres()
})
afterAll(async () => server?.stop())

type Script = (port: number) => Promise<unknown>

/** What a client sees of the server, and what another one sees of the recording of it with the server gone. */
async function twice(
  script: Script,
  keepBytes = megabyte,
): Promise<{ live: unknown; again: unknown; replay: ReplayServer }> {
  const relay: WireRelay<PostgresQuestion, PostgresReply> = await wireRelay(wire, server.port, undefined, keepBytes)
  const live = await script(relay.port)
  await relay.over()
  const replay = await replayWire(postgresWire(), relay.exchanges)
  return { live, again: await script(replay.port), replay }
}

function config(port: number): object {
  return { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
}

/** All that a client's error says. */
function failure(error: unknown): unknown {
  return { ...(error as object), message: (error as Error).message, stack: undefined, query: undefined }
}

async function withClient<T>(
  port: number,
  work: (client: ReturnType<typeof optionalPackage>) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(config(port))
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe.skipIf(!postgresBinaries || !pg)('recorded statements are answered when PostgreSQL is gone', () => {
  it('for pg: rows, types, parameters, prepared statements, errors with all they say, and transactions', async () => {
    const { live, again, replay } = await twice((port) =>
      withClient(port, async (client) => {
        const said: unknown[] = []
        const ask = async (...query: readonly unknown[]): Promise<void> => {
          const answer = await client.query(...query).catch(failure)
          said.push(
            [answer]
              .flat()
              .map(({ rows, command, rowCount, fields, ...rest }) => [
                rows,
                command,
                rowCount,
                fields,
                rest.code,
                rest.message,
                rest,
              ]),
          )
        }
        await ask(
          'create temp table orders (id serial primary key, name text unique, n numeric, at timestamptz, raw bytea, doc jsonb)',
        )
        await ask('insert into orders (name, n, at, raw, doc) values ($1, $2, $3, $4, $5) returning *', [
          'first',
          '12.50',
          new Date(0),
          Buffer.from([0, 255, 10]),
          { a: [1, null] },
        ])
        await ask('insert into orders (name) values ($1)', ['first'])
        await ask('select nothing from nowhere')
        await ask('select 1 as a; select 2 as b, null as c; update orders set n = 3')
        await ask({ name: 'by-name', text: 'select * from orders where name = $1', values: ['first'] })
        await ask({ name: 'by-name', text: 'select * from orders where name = $1', values: ['none'] })
        await ask({ text: 'select name, n from orders', rowMode: 'array' })
        await ask({ text: 'select $1::int as n, $2::text as t', values: [7, 'x'], binary: true })
        await ask('')
        await ask('begin')
        await ask('select 1/$1::int', [0])
        await ask('select 1')
        await ask('rollback')
        await ask("do $$ begin raise exception 'no' using detail = 'd', hint = 'h', errcode = 'P0001'; end $$")
        await ask("set timezone to 'Europe/Berlin'")
        return said
      }),
    )
    expect(again).toEqual(live)
    expect(replay.missed).toEqual([])
    expect(replay.json).toContain('"data":[["1","first","12.50"')
  })

  it.skipIf(!Cursor || !copy)(
    'for cursors, and COPY in both directions; other data than was recorded is refused',
    async () => {
      const script =
        (lines: readonly string[]): Script =>
        (port) =>
          withClient(port, async (client) => {
            const said: unknown[] = []
            const cursor = client.query(
              new Cursor('select g, g * 2 as double from generate_series(1, $1::int) as g', [25]),
            )
            said.push(await cursor.read(10), await cursor.read(100))
            await cursor.close()
            await client.query('create temp table many (n int, text text)')
            said.push(
              await pipeline(Readable.from(lines), client.query(copy.from('copy many from stdin'))).catch(failure),
            )
            const parts: Buffer[] = []
            for await (const part of client.query(copy.to('copy many to stdout'))) parts.push(part as Buffer)
            said.push(Buffer.concat(parts).toString())
            said.push((await client.query('select count(*)::int as n from many')).rows)
            for await (const part of client.query(copy.to('copy (select 1 where false) to stdout'))) said.push(part)
            return said
          })
      const lines = Array.from({ length: 2_000 }, (_, i) => `${i}\trow number ${i}\n`)
      const { live, again } = await twice(script(lines))
      expect(again).toEqual(live)
      const relay: WireRelay<PostgresQuestion, PostgresReply> = await wireRelay(wire, server.port, undefined, megabyte)
      await script(lines)(relay.port)
      await relay.over()
      const replay = await replayWire(postgresWire(), relay.exchanges)
      const said = (await script(lines.with(7, 'seven\n'))(replay.port)) as unknown[]
      expect(said[2]).toMatchObject({ code: 'XX000', message: expect.stringContaining('the client went on otherwise') })
    },
  )

  it('for a listener: it is notified after what had caused it', async () => {
    const { live, again, replay } = await twice(async (port) => {
      const said: unknown[] = []
      await withClient(port, (listener) =>
        withClient(port, async (client) => {
          await listener.query('listen news')
          const mine = once(listener, 'notification')
          await listener.query("notify news, 'from myself'")
          said.push((await mine)[0].payload)
          await client.query('select 1')
          const other = once(listener, 'notification')
          await client.query("select pg_notify('news', 'from another')")
          said.push((await other)[0].payload, (await listener.query('select 2 as n')).rows)
        }),
      )
      return said
    })
    expect(again).toEqual(live)
    expect(replay.missed).toEqual([])
  })

  it('refuses what was not recorded, in its transaction as PostgreSQL would, and goes on', async () => {
    const relay: WireRelay<PostgresQuestion, PostgresReply> = await wireRelay(wire, server.port, undefined, megabyte)
    await withClient(relay.port, async (client) => {
      for (const sql of ['begin', 'select 1 as n', 'commit', 'select 2 as n']) await client.query(sql)
    })
    await relay.over()
    const replay = await replayWire(postgresWire(), relay.exchanges)
    await withClient(replay.port, async (client) => {
      await client.query('begin')
      await expect(client.query('select $1::int as n', [3])).rejects.toMatchObject({
        code: 'XX000',
        routine: 'mortar',
        message: expect.stringMatching(/MORTAR_MISS nothing recorded answers SELECT .* \[3\]/),
      })
      await expect(client.query('select 1 as n')).rejects.toMatchObject({ code: '25P02' })
      expect((await client.query('rollback')).command).toBe('ROLLBACK')
      expect((await client.query('select 2 as n')).rows).toEqual([{ n: 2 }])
      await expect(client.query('select 2 as n')).rejects.toThrow('MORTAR_MISS')
    })
  })

  it('keeps no more of an answer than it was told to, and refuses to replay what it has not', async () => {
    const script: Script = (port) =>
      withClient(port, async (client) => {
        const large = await client.query("select repeat('x', 100) as t from generate_series(1, 100)").catch(failure)
        return [large.rows?.length ?? large.message, (await client.query('select 1 as n')).rows]
      })
    const { live, again, replay } = await twice(script, 5_000)
    expect(live).toEqual([100, [{ n: 1 }]])
    expect(again).toEqual(['MORTAR_RECORDING_CUT the answer of 10600 bytes was too large to be kept', [{ n: 1 }]])
    expect(replay.json).toContain('"cut":true')
    expect(replay.json).not.toContain('xxxx')
    // Without being told to keep answers, nothing of them is kept.
    const relay: WireRelay<PostgresQuestion, PostgresReply> = await wireRelay(wire, server.port)
    await script(relay.port)
    await relay.over()
    const counted = await replayWire(postgresWire(), relay.exchanges)
    await withClient(counted.port, async (client) => {
      await expect(client.query('select 1 as n')).rejects.toThrow(
        'MORTAR_RECORDING_CUT the rows of the answer were not',
      )
    })
  })

  it('keeps no secrets of rows', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`
    const script: Script = (port) =>
      withClient(port, async (client) => {
        const { rows } = await client.query(
          `select 'ghp_' || repeat('a1B2', 9) as t, 'hunter' || '2' as password, json_build_object('password', 'hunter' || '2') as j`,
        )
        return rows
      })
    const { live, again, replay } = await twice(script)
    expect(JSON.stringify(live)).toContain(token)
    expect(replay.json).not.toMatch(/ghp_a1|hunter2/)
    expect(again).toEqual([
      {
        t: expect.stringMatching(/^\{\{/),
        password: expect.stringMatching(/^\{\{/),
        j: { password: expect.stringMatching(/^\{\{/) },
      },
    ])
  })
})

describe.skipIf(!postgresBinaries || !postgresjs)('recorded statements are answered for postgres', () => {
  it('which describes before it binds, pipelines, begins transactions and listens', async () => {
    const { live, again, replay } = await twice(async (port) => {
      const sql = postgresjs({ ...config(port), username: 'postgres', max: 3, onnotice() {} })
      const said: unknown[] = []
      try {
        said.push(await Promise.all(Array.from({ length: 20 }, (_, n) => sql`select ${n}::int as n, ${'x'} as t`)))
        said.push(
          await sql`select ${sql.array([1, 2])}::int[] as list, ${sql.json({ a: 1 })} as doc, now() > '2020-01-01' as late`,
        )
        said.push(await sql`select nothing from nowhere where id = ${1}`.catch(failure))
        said.push(await sql`select 1 / ${0}::int`.catch(failure))
        said.push(
          await sql.begin(async (tx: typeof sql) => [await tx`select 1 as one`, await tx`select ${2}::int as two`]),
        )
        said.push(await sql.begin((tx: typeof sql) => tx`select 1/0`).catch(failure))
        said.push(await sql.unsafe('select 1 as a; select 2 as b'))
        const heard = Promise.withResolvers<string>()
        await sql.listen('news', heard.resolve)
        await sql.notify('news', 'hello')
        said.push(await heard.promise)
        return structuredClone(JSON.parse(JSON.stringify(said)))
      } finally {
        await sql.end()
      }
    })
    expect(again).toEqual(live)
    expect(replay.missed).toEqual([])
  })
})

it('takes any bytes of a client without hanging, and says what is wrong with them', async () => {
  const { port } = await replayWire(wire, [])
  const piece = fc.oneof(
    fc.constantFrom(
      startup([['user', 'me']]),
      query('select 1'),
      sync,
      message(80, '', 'select 1', Buffer.alloc(2)),
      message(66, '', '', Buffer.alloc(6)),
      message(68, Buffer.from('P'), ''),
      message(68, Buffer.from('S'), ''),
      message(69, '', Buffer.alloc(4)),
      message(100, Buffer.from('data')),
      message(99),
    ),
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 10 }), async (greets, pieces) => {
      const client = net.connect(port, '127.0.0.1').on('error', () => {})
      if (greets) client.write(startup([['user', 'me']]))
      for (const bytes of pieces) client.write(bytes)
      client.end()
      client.resume()
      await once(client, 'close')
    }),
    { numRuns: 50 },
  )
})
