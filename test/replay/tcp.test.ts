import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanup, collect, connectTo, listen } from '../support/http-wire.ts'
import type { Sender, Timed } from '../../src/core/exchange.ts'
import type { Peer } from '../../src/core/peer.ts'
import type { BodyFiles } from '../../src/core/protocol.ts'
import { capture } from '../../src/modes/capture.ts'
import { play } from '../../src/modes/replay.ts'
import type { TcpQuestion, TcpReply } from '../../src/protocols/tcp/message.ts'
import { tcpProtocol } from '../../src/protocols/tcp/tcp-protocol.ts'

const closing = cleanup()
afterEach(() => closing.run())

const protocol = tcpProtocol()
const noFiles: BodyFiles = {
  put: () => expect.unreachable(),
  get: () => expect.unreachable(),
}

async function serveOn(peer: Peer<TcpQuestion, TcpReply>): Promise<number> {
  const signal = new AbortController().signal
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    void protocol.serve(socket, peer, { origin: 'tcp://service.test:25', signal })
  })
  return listen(server, closing)
}

/** A mail-like service: greets first, answers each line, and says goodbye. */
async function lineService(): Promise<number> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.write('220 hello\r\n')
    let left = ''
    socket.on('data', (chunk) => {
      const lines = (left + chunk.toString('latin1')).split('\r\n')
      left = lines.pop()!
      for (const line of lines) socket.write(`250 ${line.toUpperCase()}\r\n`)
    })
    socket.on('end', () => socket.end('221 bye\r\n'))
  })
  return listen(server, closing)
}

async function converse(port: number, chunks: readonly string[]): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  closing.add(() => socket.destroy())
  let heard = ''
  let waiting: (() => void) | undefined
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1')
    waiting?.()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => (heard += error.code))
  const lines = async (count: number): Promise<void> => {
    while (heard.split('\r\n').length <= count && !socket.destroyed) await new Promise<void>((r) => (waiting = r))
  }
  const closed = once(socket, 'close').catch(() => {})
  socket.on('close', () => waiting?.())
  await lines(1)
  let sent = 1
  for (const chunk of chunks) {
    socket.write(chunk, 'latin1')
    sent += chunk.split('\r\n').length - 1
    if (chunk.endsWith('\r\n')) await lines(sent)
  }
  socket.end()
  await closed
  return heard
}

function record(port: number): { peer: Peer<TcpQuestion, TcpReply>; messages: Timed<TcpReply>[] } {
  const messages: Timed<TcpReply>[] = []
  const peer = capture(protocol.dial(connectTo(port, closing)), {
    open: () => ({
      message: (from: Sender, message: TcpReply) => void messages.push({ ms: 0, from, message }),
      close: () => {},
    }),
  })
  return { peer, messages }
}

function replay(
  messages: readonly Timed<TcpReply>[],
  departures: (TcpReply | undefined)[] = [],
): Peer<TcpQuestion, TcpReply> {
  const exchange = {
    id: '1',
    boundary: 'b',
    protocol: 'tcp',
    operation: 'CONNECT',
    effect: true,
    test: null,
    askedAt: 0,
    durationMs: 0,
    question: { origin: 'tcp://service.test:25' },
    messages,
    ending: 'complete' as const,
  }
  const departure = (asked: TcpReply | undefined): Error => {
    departures.push(asked)
    return new Error('departed')
  }
  const cut = (): Error => new Error('cut')
  const options = { pace: 'instant', departure, cut, over: new AbortController().signal } as const
  return (question, signal) => play(protocol, { exchange } as never, question, signal, options)
}

describe('a TCP connection', () => {
  it('is recorded and replayed as it was, in whatever chunks the client sends', async () => {
    const tape = record(await lineService())
    const live = await converse(await serveOn(tape.peer), ['helo a\r\n', 'mail b\r\nrcpt c\r\n'])
    expect(live).toBe('220 hello\r\n250 HELO A\r\n250 MAIL B\r\n250 RCPT C\r\n221 bye\r\n')
    const written = protocol.notation.write(
      { question: { origin: 'tcp://service.test:25' }, messages: tape.messages },
      noFiles,
    )
    const read = protocol.notation.read(structuredClone(written), noFiles)
    const port = await serveOn(replay(read.messages))
    expect(await converse(port, ['helo a\r\n', 'mail b\r\nrcpt c\r\n'])).toBe(live)
    expect(await converse(port, ['he', 'lo a\r\n', 'mail b\r\nrc', 'pt c\r\n'])).toBe(live)
  })

  it('is cut where the client says something else than was recorded', async () => {
    const tape = record(await lineService())
    await converse(await serveOn(tape.peer), ['helo a\r\n'])
    const departures: (TcpReply | undefined)[] = []
    const port = await serveOn(replay(tape.messages, departures))
    expect(await converse(port, ['help\r\n'])).toContain('220 hello\r\n')
    expect(departures).toEqual([{ type: 'data', bytes: Buffer.from('help\r\n') }])
  })

  it('fails in an answer when nobody listens there', async () => {
    const port = await listen(net.createServer(), closing)
    await closing.run()
    const answer = protocol.dial(connectTo(port, closing))({ origin: 'tcp://x:1' }, new AbortController().signal)
    expect(await collect(answer)).toMatchObject([{ type: 'failure', failure: 'refused' }])
  })

  it('tells of a reset, and replays it', async () => {
    const server = net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const tape = record(await listen(server, closing))
    const ask = async (port: number): Promise<string> => {
      const socket = net.connect(port, '127.0.0.1')
      socket.write('x')
      const [error] = await once(socket, 'error')
      return (error as NodeJS.ErrnoException).code!
    }
    expect(await ask(await serveOn(tape.peer))).toBe('ECONNRESET')
    expect(tape.messages.at(-1)?.message).toMatchObject({ type: 'failure', failure: 'reset' })
    expect(await ask(await serveOn(replay(tape.messages)))).toBe('ECONNRESET')
  })

  it('is given up at the service when the client goes away', async () => {
    const left = Promise.withResolvers<void>()
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.on('close', () => left.resolve())
      socket.write('more')
    })
    const tape = record(await listen(server, closing))
    const socket = net.connect(await serveOn(tape.peer), '127.0.0.1')
    await once(socket, 'data')
    socket.resetAndDestroy()
    await left.promise
  })
})
