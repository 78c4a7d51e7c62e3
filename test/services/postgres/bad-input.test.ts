import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openListener } from '../../../src/engine/listener.ts'
import { readFields } from '../../../src/protocols/postgres/decode.ts'
import { query, sslRequest, startup } from '../../../src/protocols/postgres/encode.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { proxyTo, takeNotes } from './support.ts'

const pg = optionalPackage('pg')

let server: PostgresServer
beforeAll(async () => {
  if (postgresBinaries) server = await startPostgres()
})
afterAll(async () => server?.stop())

/** What a proxy answers to these bytes, up to the end. */
async function answer(port: number, bytes: Buffer | string): Promise<Buffer> {
  const socket = net.connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(bytes)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  socket.on('error', () => {})
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

describe('a client that is none of PostgreSQL', () => {
  it.each([
    ['speaks HTTP', 'GET / HTTP/1.1\r\n\r\n', 'this is PostgreSQL, not the protocol of `GET` (Mortar)'],
    [
      'speaks TLS at once',
      Buffer.from([22, 3, 1, 2, 0, 1, 0, 1]),
      'TLS was spoken without asking for it first (Mortar)',
    ],
    ['sends noise', Buffer.from([255, 255, 255, 255]), 'this is not PostgreSQL (Mortar)'],
    ['is of the year 1997', Buffer.from([0, 0, 0, 8, 0, 2, 0, 0]), 'protocol version 2.0 is not supported (Mortar)'],
  ])('%s: is told so', async (_name, bytes, message) => {
    const proxy = await proxyTo(1)
    onTestFinished(() => proxy.close())
    const said = await answer(proxy.port, bytes)
    expect(readFields(said.subarray(5))).toMatchObject({ S: 'FATAL', C: '08P01', M: message })
  })

  it('that asks for TLS is told to go without, in one byte', async () => {
    const proxy = await proxyTo(1)
    onTestFinished(() => proxy.close())
    const socket = net.connect(proxy.port, '127.0.0.1').on('error', () => {})
    socket.write(sslRequest)
    const [said] = (await once(socket, 'data')) as [Buffer]
    expect(said.toString()).toBe('N')
    const secured = tls.connect({ socket, rejectUnauthorized: false })
    await expect(once(secured, 'secureConnect')).rejects.toThrow()
  })

  it('that goes away before it has said anything leaves nothing behind', async () => {
    const proxy = await proxyTo(1)
    const socket = net.connect(proxy.port, '127.0.0.1')
    socket.write(Buffer.from([0, 0]))
    socket.end()
    await once(socket.resume(), 'close')
    await proxy.close()
  })
})

describe('a server', () => {
  it('that cannot be reached is said to be so, and taken down', async () => {
    const notes = takeNotes()
    const closed = await openListener({ onConnection: () => {} })
    await closed.close()
    const proxy = await proxyTo(closed.port, { recorder: notes })
    onTestFinished(() => proxy.close())
    const said = await answer(proxy.port, startup([['user', 'me']]))
    expect(readFields(said.subarray(5))).toMatchObject({ C: '08001', M: expect.stringContaining('ECONNREFUSED') })
    expect(notes.all[0]!.replies).toEqual([
      { type: 'failure', failure: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
    ])
  })

  it('that sends what is not PostgreSQL is passed on as it is, and taken down as malformed', async () => {
    const notes = takeNotes()
    const noise = await openListener({
      onConnection: async (client) => {
        await once(client, 'data')
        client.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      },
    })
    const proxy = await proxyTo(noise.port, { recorder: notes })
    onTestFinished(async () => void (await Promise.all([proxy.close(), noise.close()])))
    expect((await answer(proxy.port, startup([['user', 'me']]))).toString()).toBe('HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(notes.all[0]!.replies).toMatchObject([{ type: 'failure', failure: 'malformed' }])
  })

  it.skipIf(!postgresBinaries || !pg)('that dies in the middle fails what was asked, at once', async () => {
    const dying = await startPostgres()
    const notes = takeNotes()
    const proxy = await proxyTo(dying.port, { recorder: notes })
    onTestFinished(() => proxy.close())
    const client = new pg.Client({ host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' })
    client.on('error', () => {})
    await client.connect()
    const asked = expect(client.query('select pg_sleep(60)')).rejects.toThrow()
    await dying.stop()
    await asked
    await expect.poll(() => notes.statements()[0]!.ending).not.toBe('open')
  })

  it.skipIf(!postgresBinaries)('refuses malformed messages by itself, and the proxy goes on', async () => {
    const notes = takeNotes()
    const proxy = await proxyTo(server.port, { recorder: notes })
    onTestFinished(() => proxy.close())
    const hello = startup([['user', 'postgres'], ['database', 'postgres']]) // prettier-ignore
    // The server says nothing and closes.
    await answer(proxy.port, Buffer.concat([hello, Buffer.from('Q\0\0\0\x01'), query('select 1')]))
    expect(notes.all[0]!.replies).toContainEqual(expect.objectContaining({ type: 'failure', failure: 'malformed' }))
    const again = await answer(proxy.port, Buffer.concat([hello, query('select 42'), Buffer.from('X\0\0\0\x04')]))
    expect(again.toString('latin1')).toContain('SELECT 1')
  })
})
