import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { project, repository } from '../../support/project.ts'
import { echo, open, say, startProxyServer } from './support.ts'

describe('mortar proxy', () => {
  it('begins with the proxies of a file, says where they listen, and ends when told to', async () => {
    const upstream = await echo()
    const proxies = [
      { name: 'orders', listen: '127.0.0.1:0', upstream: upstream.address, enabled: true },
      { name: 'mails', listen: '127.0.0.1:0', upstream: upstream.address, enabled: false },
    ]
    const here = project({ files: { 'toxiproxy.json': JSON.stringify(proxies) } })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const server = await startProxyServer(['--config', join(here.directory, 'toxiproxy.json')])
      const { orders } = (await server.ask('GET', '/proxies')).body
      expect(server.stdout()).toContain(`orders: ${orders.listen} → ${upstream.address}\n`)
      expect(server.stdout()).toContain(`mails: 127.0.0.1:0 → ${upstream.address} (disabled)\n`)
      expect(await say(orders.listen, 'hello')).toBe('hello')
      const connection = await open(orders.listen)
      server.kill(signal)
      expect(await server.ended).toMatchObject({ code: 0, stderr: 'mortar: Ctrl-C ends it\n' })
      expect(await connection.over()).not.toBe('open')
      expect(await say(orders.listen, 'hello')).toBe('ECONNREFUSED')
    }
  })

  it('prints one JSON document under --json', async () => {
    const upstream = await echo()
    const proxies = [{ name: 'orders', listen: ':0', upstream: upstream.address }]
    const here = project({ files: { 'toxiproxy.json': JSON.stringify(proxies) } })
    const args = ['proxy', '--json', '--port', '0', '--config', 'toxiproxy.json']
    const running = here.start(process.execPath, [join(repository, 'dist/cli/main.js'), ...args])
    await running.said('Ctrl-C')
    running.kill('SIGTERM')
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      proxies: { orders: expect.objectContaining({ name: 'orders', enabled: true }) },
    })
  })

  it.each([
    ['{"name": "a"}', /^MORTAR_CONFIG_INVALID {2}.*array of proxies/],
    ['[{"name": "a"}]', /^MORTAR_CONFIG_INVALID {2}.*missing required field: upstream at proxy 1/],
    ['[{"name": "a", "upstream": "b"}]', /^MORTAR_CONFIG_INVALID {2}.*host:port/],
    [
      '[{"name": "a", "upstream": "b:1"}, {"name": "a", "upstream": "b:1"}]',
      /^MORTAR_CONFIG_INVALID {2}.*the name "a"/,
    ],
    ['[{"name": "a", "upstream": "b:1", "toxics": [{"type": "x"}]}]', /^MORTAR_CONFIG_INVALID {2}.*invalid toxic type/],
    [
      '[{"name": "a", "upstream": "b:1", "toxics": [{"type": "timeout"}, {"type": "latency", "latency": 5}]}]',
      /^MORTAR_CONFIG_INVALID {2}.*key of a toxic "latency"; it belongs into "attributes", in toxic "latency" of proxy "a"/,
    ],
    [
      '[{"name": "a", "upstream": "b:1", "listn": ":1"}]',
      /^MORTAR_CONFIG_INVALID {2}.*"listn"; did you mean "listen"\? at proxy 1/,
    ],
    ['[', /^MORTAR_CONFIG_UNREADABLE {2}.*no JSON/],
    [undefined, /^MORTAR_CONFIG_UNREADABLE {2}.*cannot be read/],
  ])('exits 3 for the file %s', async (content, message) => {
    const here = project({ files: content === undefined ? {} : { 'toxiproxy.json': content } })
    const { code, stdout, stderr } = await here.mortar(['proxy', '--port', '0', '--config', 'toxiproxy.json'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).toContain('toxiproxy.json')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('says once that an upstream cannot be reached, and again after it could be', async () => {
    const upstream = await echo()
    const gone = await echo()
    gone.close()
    const server = await startProxyServer()
    const change = { name: 'orders', listen: '127.0.0.1:0', upstream: gone.address }
    const { listen } = (await server.ask('POST', '/proxies', change)).body
    for (let i = 0; i < 3; i++) await say(listen, 'hello')
    await server.ask('POST', '/proxies/orders', { upstream: upstream.address })
    expect(await say(listen, 'hello')).toBe('hello')
    await server.ask('POST', '/proxies/orders', { upstream: gone.address })
    await say(listen, 'hello')
    server.kill('SIGTERM')
    const line = `mortar: proxy orders cannot reach its upstream ${gone.address}: `
    const { stderr } = await server.ended
    expect(stderr.split('\n').filter((one) => one.startsWith(line))).toHaveLength(2)
    expect(stderr).toContain('ECONNREFUSED')
  })

  it('exits 3 when a port is taken, its own or that of a proxy', async () => {
    const { address } = await echo()
    const [, port = ''] = address.split(':')
    const proxies = [{ name: 'orders', listen: address, upstream: 'localhost:1' }]
    const here = project({ files: { 'toxiproxy.json': JSON.stringify(proxies) } })
    for (const [args, hint] of [
      [['--port', port], 'pass another one with `--port`'],
      [['--port', '0', '--config', 'toxiproxy.json'], 'change `listen` of this proxy'],
    ] as const) {
      const { code, stderr } = await here.mortar(['proxy', ...args])
      expect(code).toBe(3)
      expect(stderr).toMatch(/^MORTAR_PORT_IN_USE {2}/)
      expect(stderr).toContain(hint)
    }
  })
})
