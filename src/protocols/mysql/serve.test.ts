import { type Duplex, duplexPair } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readyAnswer } from '../../core/peer.ts'
import { BodyReader } from './decode.ts'
import { packet } from './encode.ts'
import { readGreeting, writeLogin } from './handshake.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import { serveMysql } from './serve.ts'
import { readError } from './server-answer.ts'
import { capability, command } from './types.ts'

const capabilities = capability.protocol41 | capability.pluginAuth | capability.pluginDataLengthEncoded
const login = packet(
  1,
  writeLogin({ capabilities, user: 'me', database: '', plugin: 'x', answer: Buffer.from('whatever') }),
)
const done: MysqlReply = { type: 'done', affected: 1, insertId: 2, warnings: 0, info: '', transaction: false }

it('lets everybody in, and answers each command in its turn', async () => {
  const asked: MysqlQuestion[] = []
  const { client, ended } = serve(async function* (question) {
    asked.push(question)
    // The first answer is slower than the second.
    if (question.sql === 'first') await new Promise((resolve) => setImmediate(resolve))
    yield question.sql === 'first' ? done : { ...done, affected: 7 }
  })
  const heard = frames(client)
  client.write(login)
  for (const sql of ['first', 'second']) client.write(packet(0, Buffer.from([command.query]), Buffer.from(sql)))
  client.write(packet(0, Buffer.from([command.processKill])))
  client.write(packet(0, Buffer.from([command.quit])))
  const [greeting, welcome, first, second, refused] = await heard
  expect(readGreeting(greeting!.body).version).toContain('mortar')
  expect(welcome).toMatchObject({ sequence: 2 })
  expect([first, second].map((frame) => new BodyReader(frame!.body, 1).length())).toEqual([1, 7])
  expect(readError(refused!.body)).toMatchObject({ errno: 1047 })
  expect(asked.map(({ sql, user }) => [sql, user])).toEqual([
    ['first', 'me'],
    ['second', 'me'],
  ])
  client.end()
  await ended
})

it('ends with an error for what is no client, and survives any bytes', async () => {
  const kinds = fc.constantFrom(...Object.values(command), 0, 250)
  const message = fc
    .tuple(kinds, fc.uint8Array({ maxLength: 40 }))
    .map(([kind, bytes]) => packet(0, Buffer.from([kind]), bytes))
  const garbage = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
  const stream = fc.array(fc.oneof({ weight: 4, arbitrary: message }, garbage), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.boolean(), stream, async (loggedIn, chunks) => {
      const { client, ended } = serve(() => readyAnswer([done]))
      const heard = frames(client)
      if (loggedIn) client.write(login)
      for (const chunk of chunks) client.write(chunk)
      client.end()
      expect((await heard).length).toBeGreaterThan(0)
      await ended
    }),
    { numRuns: 200 },
  )
})

function serve(peer: (question: MysqlQuestion) => AsyncIterable<MysqlReply>): { client: Duplex; ended: Promise<void> } {
  const [client, server] = duplexPair()
  const ended = serveMysql(server, peer, { origin: 'mysql://localhost', signal: new AbortController().signal })
  return { client, ended }
}

/** All that the server says until it ends. */
async function frames(client: Duplex): Promise<MysqlFrame[]> {
  const scanner = new PacketScanner()
  const all: MysqlFrame[] = []
  for await (const chunk of client)
    for (let scanned = scanner.next(chunk as Buffer, 0); scanned; scanned = scanner.next(chunk as Buffer, scanned.end))
      all.push({ ...scanned.frame, body: Buffer.from(scanned.frame.body) })
  return all
}
