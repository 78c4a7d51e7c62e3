import { once } from 'node:events'
import http from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket as WsClient, WebSocketServer } from 'ws'
import { ask, cleanup, listen, recorder, serveOn } from '../../../test/support/http-wire.ts'
import type { Peer } from '../../core/peer.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { listenForFrames, sameFrame } from './websocket-listen.ts'

const closing = cleanup()
afterEach(() => closing.run())

/** Greets, and answers each text with the same in capitals and each binary with itself; closes when told to. */
async function echoService(): Promise<number> {
  const server = http.createServer()
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: true,
    handleProtocols: (offered) => [...offered][0]!,
  })
  sockets.on('connection', (socket) => {
    socket.send('hello')
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.send(data)
      else if (String(data) === 'bye') socket.close(4001, 'done')
      else socket.send(String(data).toUpperCase())
    })
  })
  return listen(server, closing)
}

const big = 'x'.repeat(100_000)

/** Talks with node's own client: waits for the answer to each message before it sends the next. */
async function talk(port: number): Promise<unknown[]> {
  const seen: unknown[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?room=1`, ['chat.v2', 'chat.v1'])
  socket.binaryType = 'arraybuffer'
  const say: (string | Uint8Array<ArrayBuffer>)[] = ['{"a":1,"b":2}', new Uint8Array([1, 2, 3]), big, 'bye']
  socket.addEventListener('message', ({ data }) => {
    seen.push(typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)])
    const next = say.shift()
    if (next !== undefined) socket.send(next)
  })
  const [event] = (await once(socket, 'close')) as [CloseEvent]
  seen.push({ code: event.code, reason: event.reason, clean: event.wasClean, protocol: socket.protocol })
  return seen
}

/** Answers with what was recorded of the service, each frame only after the client has said its part again. */
function replaying(
  questions: HttpQuestion[],
  answers: HttpReply[][],
  heard: HttpReply[],
): Peer<HttpQuestion, HttpReply> {
  return async function* (question) {
    const listening = listenForFrames(question)
    let turn = 0
    for (const reply of answers.at(-1)!) {
      yield reply
      const said = reply.type === 'frame' ? heard[turn++] : undefined
      if (said && (await listening(said))) throw new Error('the client said something else')
    }
    expect(questions).toHaveLength(1)
  }
}

describe('a WebSocket', () => {
  it('carries text, binary, large messages and the close handshake, live and again', async () => {
    const direct = await talk(await echoService())
    expect(direct).toEqual([
      'hello',
      '{"A":1,"B":2}',
      [1, 2, 3],
      big.toUpperCase(),
      { code: 4001, reason: 'done', clean: true, protocol: 'chat.v2' },
    ])
    const tape = recorder(await echoService(), closing)
    const heard: HttpReply[] = []
    const port = await serveOn((question, signal) => {
      const incoming = (async function* (): AsyncGenerator<HttpReply> {
        for await (const frame of question.incoming!) {
          heard.push(frame)
          yield frame
        }
      })()
      return tape.live({ ...question, incoming }, signal)
    }, closing)
    expect(await talk(port)).toEqual(direct)
    expect(tape.answers[0]!.map((reply) => reply.type)).toEqual(['head', 'frame', 'frame', 'frame', 'frame', 'frame'])
    expect(heard.map((frame) => frame.type === 'frame' && frame.opcode)).toEqual([1, 2, 1, 1, 8])
    expect(await talk(await serveOn(replaying(tape.questions, tape.answers, heard), closing))).toEqual(direct)
  })

  it('carries pings, pongs and fragments as the other side sent them', async () => {
    const server = http.createServer()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      socket.on('ping', (data) => socket.send(`pinged ${data}`))
      socket.on('message', (data) => {
        socket.send(String(data).slice(0, 2), { fin: false })
        socket.ping('check')
        socket.send(String(data).slice(2), { fin: true })
      })
    })
    const tape = recorder(await listen(server, closing), closing)
    const client = new WsClient(`ws://127.0.0.1:${await serveOn(tape.live, closing)}`)
    const pinged = once(client, 'ping')
    await once(client, 'open')
    client.ping('hey')
    expect(String((await once(client, 'message'))[0])).toBe('pinged hey')
    const messages = once(client, 'message')
    client.send('par', { fin: false })
    client.send('ts', { fin: true })
    expect(String((await messages)[0])).toBe('parts')
    expect(String((await pinged)[0])).toBe('check')
    client.close(1000)
    await once(client, 'close')
    const frames = tape.answers[0]!.filter((reply) => reply.type === 'frame')
    expect(frames.map(({ opcode, fin }) => [opcode, fin])).toEqual([
      [10, true],
      [1, true],
      [1, false],
      [9, true],
      [0, true],
      [8, true],
    ])
  })

  it('that the service refuses is refused with its answer', async () => {
    const server = http.createServer()
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 401 Nope\r\nX-Why: because\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwrong')
    })
    const tape = recorder(await listen(server, closing), closing)
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    }
    for (const peer of [tape.live, tape.replay, tape.replaySlowly]) {
      expect(await ask(await serveOn(peer, closing), { headers })).toMatchObject({
        status: 401,
        reason: 'Nope',
        headers: ['X-Why', 'because', 'Content-Length', '5', 'Connection', 'close'],
        body: btoa('wrong'),
      })
    }
  })

  it('that is cut off at the service is cut off at the client, and the other way round', async () => {
    const server = http.createServer()
    const sockets = new WebSocketServer({ server })
    const closed = Promise.withResolvers<number>()
    sockets.on('connection', (socket) => {
      socket.on('message', () => socket.terminate())
      socket.on('close', (code) => closed.resolve(code))
      socket.send('ready')
    })
    const tape = recorder(await listen(server, closing), closing)
    const port = await serveOn(tape.live, closing)
    const first = new WsClient(`ws://127.0.0.1:${port}`)
    await once(first, 'message')
    first.terminate()
    expect(await closed.promise).toBe(1006)
    const second = new WsClient(`ws://127.0.0.1:${port}`)
    await once(second, 'message')
    second.send('go')
    expect((await once(second, 'close'))[0]).toBe(1006)
  })

  it('says the same in JSON of another layout, and not in another message', () => {
    const frame = (text: string, opcode = 1): HttpReply => ({
      type: 'frame',
      opcode,
      fin: true,
      bytes: Buffer.from(text),
    })
    expect(sameFrame(frame('{"a":1,"b":[2]}'), frame('{ "b": [2], "a": 1 }'))).toBe(true)
    expect(sameFrame(frame('{"a":1}'), frame('{"a":2}'))).toBe(false)
    expect(sameFrame(frame('{"a":1,"b":2}'), frame('{"a":1}'))).toBe(false)
    expect(sameFrame(frame('[1,2]'), frame('[1,3]'))).toBe(false)
    expect(sameFrame(frame('hello'), frame('hello'))).toBe(true)
    expect(sameFrame(frame('hello'), frame('hallo'))).toBe(false)
    expect(sameFrame(frame('[1]'), frame('[ 1]', 2))).toBe(false)
  })

  it('says the same when the recording has a placeholder for what the client sends', () => {
    const frame = (text: string): HttpReply => ({ type: 'frame', opcode: 1, fin: true, bytes: Buffer.from(text) })
    const recorded = frame('{"op":"auth","token":"Bearer {{jwt:1f2e3d4c}}"}')
    expect(sameFrame(frame('{"token":"Bearer abc.def","op":"auth"}'), recorded)).toBe(true)
    expect(sameFrame(frame('{"token":"Basic abc.def","op":"auth"}'), recorded)).toBe(false)
    expect(sameFrame(frame('AUTH hunter2!'), frame('AUTH {{password:1f2e3d4c}}!'))).toBe(true)
    expect(sameFrame(frame('AUTH hunter2'), frame('AUTH {{password:1f2e3d4c}}!'))).toBe(false)
  })
})
