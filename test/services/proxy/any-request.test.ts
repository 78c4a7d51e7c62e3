import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toxicTypes } from '../../../src/run/fault-proxy/toxic-types.ts'
import { echo, type ProxyServer, say, startProxyServer } from './support.ts'

const cleanups: (() => Promise<void>)[] = []
let server: ProxyServer
beforeAll(async () => {
  server = await startProxyServer([], (close) => void cleanups.push(close))
})
afterAll(() => Promise.all(cleanups.map((close) => close())))

const anything = fc.jsonValue({ maxDepth: 2 })
const sometimes = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: anything })

// A dot alone would be taken out of a URL before it is sent.
const name = fc.oneof(
  fc.string({ maxLength: 8 }).map((text) => `~${text}`),
  anything.filter((value) => typeof value !== 'string'),
)

const toxic = fc.constantFrom(...Object.entries(toxicTypes)).chain(([type, { attributes }]) =>
  fc.record(
    {
      type: fc.constant(type),
      name,
      stream: sometimes(fc.constantFrom('upstream', 'downstream')),
      toxicity: sometimes(fc.double({ min: 0, max: 1, noNaN: true })),
      attributes: sometimes(
        fc.record(
          Object.fromEntries(
            Object.entries(attributes).map(([name, rule]) => [
              name,
              sometimes(rule.type === 'number' ? fc.nat(50) : rule.type === 'text' ? fc.string() : fc.object()),
            ]),
          ),
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: ['type'] },
  ),
)

describe('whatever is asked of the admin API', () => {
  it('is done or refused with a reason, and the proxy works on afterwards', { timeout: 60_000 }, async () => {
    const upstream = await echo()
    for (const protocol of ['tcp', 'redis', 'amqp']) {
      const made = { name: protocol, listen: '127.0.0.1:0', upstream: upstream.address, protocol }
      const { body } = await server.ask('POST', '/proxies', made)
      const path = `/proxies/${protocol}/toxics`
      await fc.assert(
        fc.asyncProperty(sometimes(toxic), sometimes(toxic), async (first, second) => {
          const added = await server.ask('POST', path, first)
          expect([200, 400, 409], added.text).toContain(added.status)
          if (added.status !== 200) expect(added.body).toEqual({ error: expect.any(String), status: added.status })
          else {
            const own = `${path}/${encodeURIComponent(added.body.name)}`
            expect((await server.ask('GET', own)).body).toEqual(added.body)
            expect([200, 400]).toContain((await server.ask('PATCH', own, second)).status)
            expect((await server.ask('DELETE', own)).status).toBe(204)
          }
        }),
        { numRuns: 100 },
      )
      expect((await server.ask('GET', path)).body).toEqual([])
      if (protocol === 'tcp') expect(await say(body.listen, 'hello')).toBe('hello')
    }
  })

  it('to make proxies of, too', { timeout: 60_000 }, async () => {
    const proxy = fc.record(
      {
        name,
        upstream: sometimes(fc.constantFrom('127.0.0.1:1', 'localhost:x', '::1', '[::1]:1', ':1')),
        listen: sometimes(fc.constantFrom('127.0.0.1:0', ':0', '', '[', '127.0.0.1:-1')),
        enabled: sometimes(fc.boolean()),
        protocol: sometimes(fc.constantFrom('redis', 'tcp', '')),
        toxics: sometimes(fc.array(toxic, { maxLength: 2 })),
      },
      { requiredKeys: [] },
    )
    const bodies = fc.oneof(proxy, fc.array(proxy, { maxLength: 3 }), anything, fc.string())
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom('/proxies', '/populate'), async (asked, path) => {
        const { status, body, text } = await server.ask('POST', path, asked)
        expect([201, 400, 409], text).toContain(status)
        if (status !== 201) expect(body).toEqual({ error: expect.any(String), status })
        const made = status !== 201 ? [] : path === '/populate' ? body.proxies : [body]
        for (const { name } of made) {
          expect((await server.ask('DELETE', `/proxies/${encodeURIComponent(name)}`)).status).toBe(204)
        }
      }),
      { numRuns: 200 },
    )
    expect((await server.ask('GET', '/version')).status).toBe(200)
  })
})
