import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Proxy as ClientProxy } from 'toxiproxy-node-client'
import { echo, open, type ProxyServer, say, serve, startProxyServer, type TestServer } from './support.ts'

const cleanups: (() => Promise<void>)[] = []
let server: ProxyServer
beforeAll(async () => {
  server = await startProxyServer([], (close) => void cleanups.push(close))
})
afterAll(() => Promise.all(cleanups.map((close) => close())))

let proxies = 0
async function proxyTo(upstream: TestServer): Promise<ClientProxy> {
  return server.client.createProxy({ name: `proxy-${++proxies}`, listen: '127.0.0.1:0', upstream: upstream.address })
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

// Timers of both processes count whole milliseconds, so a wait may look a little shorter than it was.
const roundingMs = 5

async function toxicOf(proxy: ClientProxy, type: string, attributes: object, more: object = {}) {
  // The client's types name the types of Toxiproxy alone.
  return proxy.addToxic({ name: '', type, stream: 'downstream', toxicity: 1, attributes, ...more } as never)
}

async function struck(proxy: ClientProxy, name: string): Promise<number> {
  return (await server.ask('GET', `/proxies/${proxy.name}/toxics/${name}`)).body.struck
}

describe.each(['downstream', 'upstream'])('a toxic of the %s bytes, through toxiproxy-node-client', (stream) => {
  it('latency makes them late, and no longer when it is gone', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'latency', { latency: 150, jitter: 10 }, { stream })
    expect(toxic).toMatchObject({ name: `latency_${stream}`, type: 'latency', stream, toxicity: 1 })
    expect(await elapsed(() => say(proxy.listen, 'late'))).toBeGreaterThan(140 - roundingMs)
    expect(await struck(proxy, toxic.name)).toBe(1)
    await toxic.remove()
    expect(await say(proxy.listen, 'now')).toBe('now')
  })

  it('lets go of what latency holds when it is removed, in order', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'latency', { latency: 600_000, jitter: 0 }, { stream })
    const connection = await open(proxy.listen)
    connection.send('first')
    await expect.poll(() => struck(proxy, toxic.name)).toBe(1)
    connection.send('second')
    expect(connection.text).toBe('')
    await toxic.remove()
    connection.send('third')
    expect(await connection.bytes(16)).toBe('firstsecondthird')
  })

  it('bandwidth takes its time, and loses nothing', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'bandwidth', { rate: 10 }, { stream })
    const text = 'x'.repeat(3000)
    expect(await elapsed(async () => expect(await say(proxy.listen, text)).toBe(text))).toBeGreaterThan(
      300 - roundingMs,
    )
    await toxic.update({ attributes: { rate: 1 } } as never)
    const connection = await open(proxy.listen)
    const much = 'y'.repeat(200_000)
    connection.send(much)
    await expect.poll(() => struck(proxy, toxic.name)).toBe(2)
    await toxic.remove()
    expect(await connection.bytes(much.length)).toBe(much)
  })

  it('slicer cuts them up, and loses nothing', async () => {
    const pieces: number[] = []
    const upstream = await serve((socket) => socket.on('data', (chunk) => pieces.push(chunk.length)).pipe(socket))
    const proxy = await proxyTo(upstream)
    const toxic = await toxicOf(proxy, 'slicer', { average_size: 10, size_variation: 2, delay: 3000 }, { stream })
    const connection = await open(proxy.listen)
    const text = '0123456789'.repeat(10)
    connection.send(text)
    expect(await connection.bytes(100)).toBe(text)
    const seen = stream === 'upstream' ? pieces : connection.chunks
    expect(seen.length).toBeGreaterThan(4)
    await toxic.remove()
    expect(await say(proxy.listen, text)).toBe(text)
  })

  it('limit_data closes the connection, in good order, after so many bytes of each connection', async () => {
    const got: string[] = []
    const upstream = await serve((socket) =>
      socket
        .on('data', (chunk) => {
          got.push(chunk.toString())
          socket.write(chunk)
        })
        .on('end', () => socket.end()),
    )
    const proxy = await proxyTo(upstream)
    const toxic = await toxicOf(proxy, 'limit_data', { bytes: 8 }, { stream })
    for (const _ of [1, 2]) {
      got.length = 0
      const connection = await open(proxy.listen)
      connection.send('12345')
      expect(await connection.bytes(5)).toBe('12345')
      connection.send('67890')
      expect(await connection.over()).toMatch(/ended|closed/)
      if (stream === 'downstream') expect(connection.text).toBe('12345678')
      else await expect.poll(() => got.join('')).toBe('12345678')
    }
    await expect.poll(() => upstream.connections.size).toBe(0)
    expect(await struck(proxy, toxic.name)).toBe(2)
    await toxic.remove()
    expect(await say(proxy.listen, '1234567890')).toBe('1234567890')
  })

  it('timeout lets nothing through and closes the connection, also one on which nothing is sent', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'timeout', { timeout: 100 }, { stream })
    const [asking, idle] = [await open(proxy.listen), await open(proxy.listen)]
    asking.send('anybody?')
    expect(await elapsed(() => asking.over())).toBeGreaterThan(50)
    expect([await asking.over(), await idle.over()].every((state) => /ended|closed/.test(state))).toBe(true)
    expect(asking.text).toBe('')
    await toxic.remove()
    expect(await say(proxy.listen, 'here')).toBe('here')
  })

  it('timeout 0 holds connections open until it is removed, and then closes them', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'timeout', { timeout: 0 }, { stream })
    const connection = await open(proxy.listen)
    connection.send('anybody?')
    await expect.poll(() => struck(proxy, toxic.name)).toBe(1)
    await toxic.update({ attributes: { timeout: 600_000 } } as never)
    // A connection that was closed by the change would be seen to be by now.
    for (const _ of [1, 2, 3]) expect(await struck(proxy, toxic.name)).toBe(1)
    expect(connection.state).toBe('open')
    await toxic.remove()
    expect(await connection.over()).toMatch(/ended|closed/)
    expect(connection.text).toBe('')
    expect(await say(proxy.listen, 'here')).toBe('here')
  })

  it('reset_peer resets the connection, and the next one works when it is gone', async () => {
    const states: string[] = []
    const upstream = await serve((socket) =>
      socket.on('error', (error: NodeJS.ErrnoException) => states.push(error.code ?? '')).pipe(socket),
    )
    const proxy = await proxyTo(upstream)
    const toxic = await toxicOf(proxy, 'reset_peer', { timeout: 20 }, { stream })
    expect(await say(proxy.listen, 'anybody?')).toBe('ECONNRESET')
    await expect.poll(() => states).toEqual(['ECONNRESET'])
    expect(await say(proxy.listen, 'again?')).toBe('ECONNRESET')
    await toxic.remove()
    expect(await say(proxy.listen, 'here')).toBe('here')
  })

  it('slow_close makes the end late, and nothing else', async () => {
    const proxy = await proxyTo(
      await serve((socket) =>
        socket
          .on('data', (chunk) => void (stream === 'downstream' ? socket.end(chunk) : socket.write(chunk)))
          .on('end', () => socket.end()),
      ),
    )
    const toxic = await toxicOf(proxy, 'slow_close', { delay: 200 }, { stream })
    const connection = await open(proxy.listen)
    let start = performance.now()
    connection.send('bye')
    expect(await connection.bytes(3)).toBe('bye')
    if (stream === 'upstream') {
      start = performance.now()
      connection.socket.end()
    }
    expect(await connection.over()).toMatch(/ended|closed/)
    expect(performance.now() - start).toBeGreaterThan(200 - roundingMs)
    await toxic.remove()
    expect(await say(proxy.listen, 'hey')).toBe('hey')
  })

  it('half_open tells the receiver nothing more', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'half_open', {}, { stream })
    const connection = await open(proxy.listen)
    connection.send('anybody?')
    await expect.poll(() => struck(proxy, toxic.name)).toBe(1)
    expect(connection).toMatchObject({ text: '', state: 'open' })
    await toxic.remove()
    expect(await connection.over()).toBe('ECONNRESET')
  })
})

describe('toxics', () => {
  it('take hold of connections that are already there, and change while they are used', async () => {
    const proxy = await proxyTo(await echo())
    const connection = await open(proxy.listen)
    connection.send('a')
    expect(await connection.bytes(1)).toBe('a')
    const toxic = await toxicOf(proxy, 'latency', { latency: 100, jitter: 0 })
    expect(await elapsed(async () => (connection.send('b'), connection.bytes(2)))).toBeGreaterThan(100 - roundingMs)
    await toxic.update({ attributes: { latency: 250 } } as never)
    expect(await elapsed(async () => (connection.send('c'), connection.bytes(3)))).toBeGreaterThan(250 - roundingMs)
    await toxic.remove()
    connection.send('d')
    expect(await connection.bytes(4)).toBe('abcd')
  })

  it('add up, one after the other', async () => {
    const proxy = await proxyTo(await echo())
    await toxicOf(proxy, 'latency', { latency: 100, jitter: 0 }, { name: 'one' })
    await toxicOf(proxy, 'latency', { latency: 100, jitter: 0 }, { name: 'two' })
    await toxicOf(proxy, 'latency', { latency: 100, jitter: 0 }, { name: 'three', stream: 'upstream' })
    expect(await elapsed(() => say(proxy.listen, 'late'))).toBeGreaterThan(300 - roundingMs)
  })

  it('keep every byte in order while they come and go', { timeout: 30_000 }, async () => {
    const proxy = await proxyTo(await echo())
    const connection = await open(proxy.listen)
    let sent = ''
    for (let round = 0; round < 30; round++) {
      const name = `toxic-${round}`
      const stream = round % 2 === 0 ? 'upstream' : 'downstream'
      const [type, attributes] = (
        [
          ['latency', { latency: 20, jitter: 10 }],
          ['slicer', { average_size: 40, size_variation: 5, delay: 100 }],
          ['bandwidth', { rate: 20 }],
        ] as const
      )[round % 3]!
      await toxicOf(proxy, type, attributes, { name, stream })
      for (let line = 0; line < 20; line++) {
        const text = `${round}.${line};`.repeat(5)
        connection.send(text)
        sent += text
      }
      if (round >= 3) await (await proxy.getToxic(`toxic-${round - 3}`)).remove()
    }
    for (const round of [29, 27, 28]) await (await proxy.getToxic(`toxic-${round}`)).remove()
    expect(await connection.bytes(sent.length)).toBe(sent)
  })

  it('are removed at once although another holds everything back', async () => {
    const proxy = await proxyTo(await echo())
    const slow = await toxicOf(proxy, 'bandwidth', { rate: 1 }, { name: 'slow' })
    const dead = await toxicOf(proxy, 'timeout', { timeout: 0 }, { name: 'dead' })
    const connections = await Promise.all(Array.from({ length: 20 }, () => open(proxy.listen)))
    for (const connection of connections) connection.send('z'.repeat(10_000))
    await expect.poll(() => struck(proxy, 'slow')).toBe(20)
    await slow.remove()
    await dead.remove()
    for (const connection of connections) expect(await connection.over()).not.toBe('open')
    expect(await say(proxy.listen, 'here')).toBe('here')
  })

  it('are removed at once when their receiver reads nothing', async () => {
    const proxy = await proxyTo(await serve((socket) => socket.pause()))
    const toxic = await toxicOf(proxy, 'latency', { latency: 50, jitter: 0 }, { stream: 'upstream' })
    const connection = await open(proxy.listen)
    for (let i = 0; i < 100; i++) connection.send('x'.repeat(100_000))
    await expect.poll(() => struck(proxy, toxic.name)).toBe(1)
    await toxic.remove()
    await proxy.remove()
    expect(await connection.over()).not.toBe('open')
  })

  it('strike a share of the connections, and the same ones for the same seed', async () => {
    const upstream = await echo()
    const struckOnes = async (seed: string): Promise<string> => {
      const seeded = await startProxyServer(['--seed', seed])
      const toxics = [{ type: 'reset_peer', toxicity: 0.5 }]
      const made = { name: 'shared', listen: '127.0.0.1:0', upstream: upstream.address, toxics }
      const { listen } = (await seeded.ask('POST', '/proxies', made)).body
      let answers = ''
      for (let i = 0; i < 24; i++) answers += (await say(listen, 'hello')) === 'hello' ? '.' : 'x'
      return answers
    }
    const [first, again, other] = await Promise.all([struckOnes('7'), struckOnes('7'), struckOnes('8')])
    expect(first).toContain('.')
    expect(first).toContain('x')
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('strike no connection at toxicity 0', async () => {
    const proxy = await proxyTo(await echo())
    const toxic = await toxicOf(proxy, 'reset_peer', { timeout: 0 }, { toxicity: 0 })
    expect(await say(proxy.listen, 'here')).toBe('here')
    expect(await struck(proxy, toxic.name)).toBe(0)
    await toxic.update({ toxicity: 1 } as never)
    expect(await say(proxy.listen, 'here')).toBe('ECONNRESET')
  })

  it('strike the first two connections only, when asked to', async () => {
    const proxy = await proxyTo(await echo())
    await toxicOf(proxy, 'reset_peer', { match: { nth: 1, times: 2 } })
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await say(proxy.listen, 'hello'))
    expect(answers).toEqual(['ECONNRESET', 'ECONNRESET', 'hello', 'hello'])
  })

  it('are there before the first connection when they are made with the proxy', async () => {
    const upstream = await echo()
    const toxics = [
      { type: 'timeout', attributes: { timeout: 0 } },
      { type: 'latency', stream: 'upstream' },
    ]
    const made = { name: 'born-bad', listen: '127.0.0.1:0', upstream: upstream.address, toxics }
    const { status, body } = await server.ask('POST', '/proxies', made)
    expect(status).toBe(201)
    expect(body.toxics.map(({ name }: { name: string }) => name)).toEqual(['latency_upstream', 'timeout_downstream'])
    const connection = await open(body.listen)
    connection.send('anybody?')
    await expect
      .poll(async () => (await server.ask('GET', '/proxies/born-bad/toxics/timeout_downstream')).body.struck)
      .toBe(1)
    expect(connection).toMatchObject({ text: '', state: 'open' })
  })

  it('let as many connections through as max_connections says, and refuse the others', async () => {
    const proxy = await proxyTo(await echo())
    const first = await open(proxy.listen)
    first.send('a')
    await first.bytes(1)
    const toxic = await toxicOf(proxy, 'max_connections', { connections: 2 })
    const second = await open(proxy.listen)
    second.send('b')
    expect(await second.bytes(1)).toBe('b')
    expect(await say(proxy.listen, 'c')).toBe('ECONNRESET')
    expect(await struck(proxy, toxic.name)).toBe(1)
    first.socket.destroy()
    await expect.poll(() => say(proxy.listen, 'd')).toBe('d')
    await toxic.remove()
    const more = await Promise.all(Array.from({ length: 5 }, () => say(proxy.listen, 'e')))
    expect(more).toEqual(['e', 'e', 'e', 'e', 'e'])
  })

  it('carry many connections at once', { timeout: 30_000 }, async () => {
    const upstream = await echo()
    const proxy = await proxyTo(upstream)
    await toxicOf(proxy, 'latency', { latency: 20, jitter: 20 })
    await toxicOf(proxy, 'slicer', { average_size: 200, size_variation: 50, delay: 0 }, { stream: 'upstream' })
    const texts = Array.from({ length: 300 }, (_, at) => `${at} `.repeat(500))
    expect(await Promise.all(texts.map((text) => say(proxy.listen, text)))).toEqual(texts)
    expect(await struck(proxy, 'latency_downstream')).toBe(300)
    await expect.poll(() => upstream.connections.size).toBe(0)
  })

  it('that are not there change nothing: bytes go through as they are, and a side that has ended still hears', async () => {
    const bytes = randomBytes(5_000_000)
    const digest = (of: Buffer): string => createHash('sha256').update(of).digest('hex')
    const upstream = await serve((socket) => {
      const got: Buffer[] = []
      socket.on('data', (chunk) => got.push(chunk)).on('end', () => socket.end(digest(Buffer.concat(got))))
    })
    const proxy = await proxyTo(upstream)
    const toxic = await toxicOf(proxy, 'timeout', { timeout: 0 })
    await toxic.remove()
    const connection = await open(proxy.listen)
    connection.socket.end(bytes)
    expect(await connection.over()).toMatch(/ended|closed/)
    expect(connection.text).toBe(digest(bytes))
  })

  it('closes the client when the upstream cannot be reached, and lives on', async () => {
    const gone = await echo()
    gone.close()
    const proxy = await proxyTo(gone)
    await delay(0)
    expect(await say(proxy.listen, 'anybody?')).toBe('ECONNRESET')
    expect((await server.client.get(proxy.name)).enabled).toBe(true)
  })
})
