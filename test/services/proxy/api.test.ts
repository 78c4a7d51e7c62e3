import { once } from 'node:events'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echo, open, type ProxyServer, say, startProxyServer, type TestServer } from './support.ts'

const cleanups: (() => Promise<void>)[] = []
let server: ProxyServer
beforeAll(async () => {
  server = await startProxyServer([], (close) => void cleanups.push(close))
})
afterAll(() => Promise.all(cleanups.map((close) => close())))

let proxies = 0
async function made(upstream: TestServer, more: object = {}): Promise<{ name: string; listen: string; path: string }> {
  const name = `proxy-${++proxies}`
  const fields = { name, listen: '127.0.0.1:0', upstream: upstream.address, ...more }
  const { status, body } = await server.ask('POST', '/proxies', fields)
  expect(status).toBe(201)
  return { name, listen: body.listen, path: `/proxies/${name}` }
}

describe('the admin API', () => {
  it('makes a proxy that listens on a real port, shows it, and deletes it', async () => {
    const upstream = await echo()
    const fields = { name: 'orders', listen: 'localhost:0', upstream: upstream.address }
    const { status, type, body } = await server.ask('POST', '/proxies', fields)
    expect({ status, type }).toEqual({ status: 201, type: 'application/json' })
    expect(body.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
    expect(body).toEqual({ ...fields, listen: body.listen, enabled: true, toxics: [] })
    expect((await server.ask('GET', '/proxies/orders')).body).toEqual(body)
    expect((await server.ask('GET', '/proxies')).body.orders).toEqual(body)
    expect(await say(body.listen, 'hello')).toBe('hello')
    const connection = await open(body.listen)
    const deleted = await server.ask('DELETE', '/proxies/orders')
    expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' })
    expect(await connection.over()).not.toBe('open')
    expect(await say(body.listen, 'hello')).toBe('ECONNREFUSED')
    expect((await server.ask('GET', '/proxies/orders')).status).toBe(404)
  })

  it('listens on loopback when no host is named', async () => {
    const { listen } = await made(await echo(), { listen: ':0' })
    expect(listen).toMatch(/^127\.0\.0\.1:/)
    const { listen: without } = await made(await echo(), { listen: undefined })
    expect(without).toMatch(/^127\.0\.0\.1:/)
  })

  it('adds, shows, changes and removes toxics with the defaults of Toxiproxy', async () => {
    const { path } = await made(await echo())
    const added = await server.ask('POST', `${path}/toxics`, { type: 'latency', attributes: { latency: 5 } })
    const toxic = { name: 'latency_downstream', type: 'latency', stream: 'downstream', toxicity: 1, struck: 0 }
    expect(added).toMatchObject({ status: 200, body: { ...toxic, attributes: { latency: 5, jitter: 0 } } })
    expect((await server.ask('GET', `${path}/toxics`)).body).toEqual([added.body])
    expect((await server.ask('GET', `${path}/toxics/latency_downstream`)).body).toEqual(added.body)
    expect((await server.ask('GET', path)).body.toxics).toEqual([added.body])
    for (const method of ['POST', 'PATCH']) {
      const change = { toxicity: 0.5, attributes: { jitter: 3 }, stream: 'upstream', name: 'other' }
      const changed = await server.ask(method, `${path}/toxics/latency_downstream`, change)
      expect(changed).toMatchObject({ status: 200, body: { ...toxic, toxicity: 0.5 } })
      expect(changed.body.attributes).toEqual({ latency: 5, jitter: 3 })
    }
    const removed = await server.ask('DELETE', `${path}/toxics/latency_downstream`)
    expect({ status: removed.status, text: removed.text }).toEqual({ status: 204, text: '' })
    expect((await server.ask('GET', `${path}/toxics`)).body).toEqual([])
  })

  it('closes the port of a disabled proxy with its connections, and opens the same one again', async () => {
    const { path, listen } = await made(await echo())
    const connection = await open(listen)
    const off = await server.ask('POST', path, { enabled: false })
    expect(off).toMatchObject({ status: 200, body: { enabled: false, listen } })
    expect(await connection.over()).not.toBe('open')
    expect(await say(listen, 'hello')).toBe('ECONNREFUSED')
    expect((await server.ask('PATCH', path, { enabled: true })).body).toMatchObject({ enabled: true, listen })
    expect(await say(listen, 'hello')).toBe('hello')
  })

  it('moves a proxy to another upstream or port, dropping what is connected', async () => {
    const [first, second] = [await echo(), await echo()]
    const { path, listen } = await made(first)
    const connection = await open(listen)
    connection.send('a')
    await connection.bytes(1)
    const moved = await server.ask('PATCH', path, { upstream: second.address })
    expect(moved.body).toMatchObject({ listen, upstream: second.address, enabled: true })
    expect(await connection.over()).not.toBe('open')
    const other = await open(listen)
    other.send('b')
    await other.bytes(1)
    expect([first.connections.size, second.connections.size]).toEqual([0, 1])
    const elsewhere = await server.ask('PATCH', path, { listen: 'localhost:0' })
    expect(elsewhere.body.listen).not.toBe(listen)
    expect(await say(elsewhere.body.listen, 'c')).toBe('c')
    expect(await say(listen, 'c')).toBe('ECONNREFUSED')
  })

  it('makes a disabled proxy that does not listen until it is enabled', async () => {
    const { path } = await made(await echo(), { enabled: false })
    expect((await server.ask('GET', path)).body).toMatchObject({ enabled: false, listen: '127.0.0.1:0' })
    const { body } = await server.ask('POST', path, { enabled: true })
    expect(await say(body.listen, 'hello')).toBe('hello')
  })

  it('populates: makes what is new, leaves what is the same, replaces what differs', async () => {
    const upstream = await echo()
    const one = { name: 'one', listen: '127.0.0.1:0', upstream: upstream.address }
    const two = { ...one, name: 'two', toxics: [{ type: 'latency' }] }
    const first = await server.ask('POST', '/populate', [one, two])
    expect(first.status).toBe(201)
    expect(first.body.proxies.map(({ name }: { name: string }) => name)).toEqual(['one', 'two'])
    const connection = await open(first.body.proxies[0].listen)
    connection.send('a')
    await connection.bytes(1)
    const other = await echo()
    const again = await server.ask('POST', '/populate', [one, { ...two, upstream: other.address, toxics: [] }])
    expect(again.body.proxies[0]).toEqual(first.body.proxies[0])
    expect(again.body.proxies[1]).toMatchObject({ upstream: other.address, toxics: [] })
    connection.send('b')
    expect(await connection.bytes(2)).toBe('ab')
    const clients = await server.client.populate([one as never])
    expect(clients.one?.listen).toBe(first.body.proxies[0].listen)
  })

  it('changes nothing when one of those to populate is wrong', async () => {
    const upstream = await echo()
    const good = { name: 'never', listen: '127.0.0.1:0', upstream: upstream.address }
    const { status, body } = await server.ask('POST', '/populate', [good, { name: 'bad' }])
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: 'missing required field: upstream at proxy 2', status },
    })
    expect((await server.ask('GET', '/proxies/never')).status).toBe(404)
  })

  it('resets: every proxy enabled, no toxics left', async () => {
    const own = await startProxyServer()
    const upstream = await echo()
    const fields = { listen: '127.0.0.1:0', upstream: upstream.address }
    const { body } = await own.ask('POST', '/proxies', { ...fields, name: 'a', toxics: [{ type: 'timeout' }] })
    await own.ask('POST', '/proxies', { ...fields, name: 'b', enabled: false })
    const reset = await own.ask('POST', '/reset')
    expect({ status: reset.status, text: reset.text }).toEqual({ status: 204, text: '' })
    const all = (await own.ask('GET', '/proxies')).body
    expect(all).toMatchObject({ a: { enabled: true, toxics: [] }, b: { enabled: true, toxics: [] } })
    expect(await say(body.listen, 'hello')).toBe('hello')
    expect(await say(all.b.listen, 'hello')).toBe('hello')
  })

  it('says which version of the API it speaks', async () => {
    const { status, body } = await server.ask('GET', '/version')
    expect({ status, body }).toEqual({ status: 200, body: { version: expect.stringMatching(/^2\.\d+\.\d+$/) } })
    expect(await server.client.getVersion()).toContain(body.version)
  })

  it('refuses browsers', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (X11)' }
    const { status, text } = await server.ask('GET', '/proxies', undefined, headers)
    expect({ status, text }).toEqual({ status: 403, text: 'User agent not allowed\n' })
  })
})

describe('the admin API says what is wrong', () => {
  it.each([
    ['GET', '/proxies/nobody', undefined, 404, 'proxy not found'],
    ['DELETE', '/proxies/nobody', undefined, 404, 'proxy not found'],
    ['POST', '/proxies/nobody', {}, 404, 'proxy not found'],
    ['POST', '/proxies/nobody/toxics', { type: 'latency' }, 404, 'proxy not found'],
    ['GET', '/', undefined, 404, 'not found'],
    ['GET', '/proxies/a/toxics/b/c', undefined, 404, 'not found'],
    ['GET', '/%zz', undefined, 400, 'bad request path: /%zz'],
    ['PUT', '/proxies', {}, 405, 'method not allowed; there are GET, POST'],
    ['GET', '/reset', undefined, 405, 'method not allowed; there are POST'],
    ['POST', '/proxies', '{"name"', 400, /^bad request body: ./],
    ['POST', '/proxies', '', 400, 'bad request body: EOF'],
    ['POST', '/proxies', '['.repeat(500_000), 400, /^bad request body: ./],
    ['POST', '/proxies', `"${'x'.repeat(2_000_000)}"`, 400, 'bad request body: more than 1048576 bytes'],
    ['POST', '/proxies', [], 400, 'bad request body: a proxy must be an object, and is []'],
    ['POST', '/proxies', { upstream: 'localhost:1' }, 400, 'missing required field: name'],
    ['POST', '/proxies', { name: 'x' }, 400, 'missing required field: upstream'],
    ['POST', '/proxies', { name: 7, upstream: 'a:1' }, 400, 'bad request body: name must be a string, and is 7'],
    [
      'POST',
      '/proxies',
      { name: 'x', upstream: 'localhost' },
      400,
      'bad request body: upstream must be host:port, and is "localhost"',
    ],
    [
      'POST',
      '/proxies',
      { name: 'x', upstream: 'localhost:1', listen: 'localhost:99999' },
      400,
      'bad request body: listen must be host:port, and is "localhost:99999"',
    ],
    [
      'POST',
      '/proxies',
      { name: 'x', upstream: 'localhost:1', enabled: 'yes' },
      400,
      'bad request body: enabled must be true or false, and is "yes"',
    ],
    [
      'POST',
      '/proxies',
      { name: 'x', upstream: 'localhost:1', protocol: 'oracle' },
      400,
      /^bad request body: unknown protocol "oracle"; there are postgres, /,
    ],
    [
      'POST',
      '/proxies',
      { name: 'x', upstream: 'localhost:1', toxics: [{ type: 'timeout' }, { type: 'timeout' }] },
      409,
      'toxic already exists',
    ],
    ['POST', '/populate', {}, 400, 'bad request body: there must be an array of proxies, and there is {}'],
  ])('%s %s %j', async (method, path, body, status, error) => {
    const answer = await server.ask(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error), status })
  })

  it.each(['protocoll', 'enabledd', 'listn'])('a proxy has no key %s', async (key) => {
    const answer = await server.ask('POST', '/proxies', { name: 'x', upstream: 'localhost:1', [key]: 'postgres' })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: expect.stringMatching(/unknown key of a proxy "\w+"; did you mean "(protocol|enabled|listen)"\?$/),
      },
    })
  })

  it.each([
    [{}, 400, 'invalid toxic type'],
    [{ type: 'latancy' }, 400, 'invalid toxic type; did you mean "latency"?'],
    [{ type: '__proto__' }, 400, 'invalid toxic type'],
    [{ type: 'latency', stream: 'sideways' }, 400, 'stream was invalid, can be either upstream or downstream'],
    [{ type: 'latency', toxicity: 2 }, 400, 'bad request body: toxicity must be a number from 0 to 1, and is 2'],
    [
      { type: 'latency', attributes: { latency: '5' } },
      400,
      'bad request body: attributes.latency must be a number from 0, and is "5"',
    ],
    [
      { type: 'latency', attributes: { latncy: 5 } },
      400,
      'bad request body: unknown attribute "latncy"; did you mean "latency"?',
    ],
    [{ type: 'latency', attributes: [] }, 400, 'bad request body: attributes must be an object, and is []'],
    [{ type: 'latency', attributes: { match: { nth: 0 } } }, 400, /attributes.match.nth must be a whole number from 1/],
    [
      { type: 'latency', attributes: { match: { operation: 'x' } } },
      400,
      /unknown key of attributes.match "operation"/,
    ],
    [{ type: 'sqlstate', attributes: { code: '40001' } }, 400, /needs a proxy whose "protocol" is postgres/],
    [{ type: 'lost_answer' }, 400, /needs a proxy whose "protocol" is one of those/],
    [
      { type: 'latency', latency: 5 },
      400,
      'bad request body: unknown key of a toxic "latency"; it belongs into "attributes"',
    ],
    [
      { type: 'latency', toxicty: 1 },
      400,
      'bad request body: unknown key of a toxic "toxicty"; did you mean "toxicity"?',
    ],
    [{ type: 'timeout' }, 409, 'toxic already exists'],
  ])('to a toxic %j', async (toxic, status, error) => {
    const { path } = await made(await echo(), { toxics: [{ type: 'timeout' }] })
    const { body, status: answered } = await server.ask('POST', `${path}/toxics`, toxic)
    expect(answered).toBe(status)
    expect(body).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error), status })
    expect((await server.ask('GET', `${path}/toxics`)).body).toHaveLength(1)
  })

  it.each(['nonsense', '4001', '40p01', ''])('to an SQLSTATE that is none: %j', async (code) => {
    const { path } = await made(await echo(), { protocol: 'postgres' })
    const answer = await server.ask('POST', `${path}/toxics`, { type: 'sqlstate', attributes: { code } })
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(`attributes.code must be five of 0-9 and A-Z, and is ${JSON.stringify(code)}`)
  })

  it('of names that are taken or missing', async () => {
    const { name, path } = await made(await echo())
    const again = await server.ask('POST', '/proxies', { name, upstream: 'localhost:1' })
    expect(again).toMatchObject({ status: 409, body: { error: 'proxy already exists', status: 409 } })
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await server.ask(method, `${path}/toxics/none`, method === 'POST' ? {} : undefined)
      expect(answer).toMatchObject({ status: 404, body: { error: 'toxic not found', status: 404 } })
    }
  })

  it('of ports that are taken, and keeps no proxy of it', async () => {
    const upstream = await echo()
    const fields = { name: 'taken', listen: upstream.address, upstream: upstream.address }
    const { status, body } = await server.ask('POST', '/proxies', fields)
    expect({ status, body }).toEqual({
      status: 500,
      body: { error: expect.stringMatching(/MORTAR_PORT_IN_USE/), status },
    })
    expect((await server.ask('GET', '/proxies/taken')).status).toBe(404)
  })

  it('of a port that is taken, and leaves a proxy that was to move where it was', async () => {
    const upstream = await echo()
    const { path, listen } = await made(upstream)
    const { status } = await server.ask('PATCH', path, { listen: upstream.address, upstream: 'localhost:1' })
    expect(status).toBe(500)
    const { body } = await server.ask('GET', path)
    expect(body).toMatchObject({ listen, upstream: upstream.address, enabled: true })
    expect(await say(listen, 'hello')).toBe('hello')
  })

  it('keeps names with odd characters apart', async () => {
    const upstream = await echo()
    for (const name of ['a b', 'ä/ö', '__proto__', 'toxics?']) {
      const { status } = await server.ask('POST', '/proxies', { name, listen: ':0', upstream: upstream.address })
      expect(status).toBe(201)
      expect((await server.ask('GET', `/proxies/${encodeURIComponent(name)}`)).body.name).toBe(name)
      expect(Object.keys((await server.ask('GET', '/proxies')).body)).toContain(name)
      expect((await server.ask('DELETE', `/proxies/${encodeURIComponent(name)}`)).status).toBe(204)
    }
  })

  it('lives on after bytes that are no HTTP, and after clients that leave in the middle', async () => {
    const port = Number(new URL(server.url).port)
    for (const bytes of [
      '\x16\x03\x01\x02\x00\x01',
      'GET\r\n\r\n',
      'POST /proxies HTTP/1.1\r\ncontent-length: 90\r\n\r\n{',
    ]) {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => {}).resume()
      socket.end(bytes, 'latin1')
      await once(socket, 'close')
    }
    expect((await server.ask('GET', '/version')).status).toBe(200)
  })

  it('answers many at once, and makes a name once', async () => {
    const upstream = await echo()
    const fields = { name: 'contended', listen: '127.0.0.1:0', upstream: upstream.address }
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.ask('POST', '/proxies', fields)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
  })
})
