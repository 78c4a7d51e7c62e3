import { describe, expect, test } from 'vitest'
import { excludes, isLoopback, upstreamProxies, upstreamProxyFor } from './upstream-proxy.ts'

describe("the user's proxies", () => {
  test('are read from either case, the lower one first', () => {
    expect(upstreamProxies({ HTTPS_PROXY: 'http://a', https_proxy: 'http://b', NO_PROXY: 'x.test, .y.test' })).toEqual({
      http: undefined,
      https: 'http://b',
      none: ['x.test', '.y.test'],
    })
  })

  test('are those an outer run handed on, even if there are none', () => {
    const env = { HTTPS_PROXY: 'http://ours', MORTAR_UPSTREAM_HTTPS_PROXY: '' }
    expect(upstreamProxies(env)).toEqual({ http: undefined, https: undefined, none: [] })
  })

  test.each([
    ['https', 'api.test', 'http://proxy.test:3128/'],
    ['http', 'api.test', undefined],
    ['tcp', 'api.test', undefined],
    ['https', 'localhost', undefined],
    ['https', '127.0.0.1', undefined],
    ['https', 'in.corp.test', undefined],
  ] as const)('apply by scheme and host: %s %s', (scheme, host, expected) => {
    const proxies = { http: undefined, https: 'proxy.test:3128', none: ['corp.test'] }
    expect(upstreamProxyFor(proxies, scheme, host, 443)?.href).toBe(expected)
  })
})

test.each([
  ['*', 'any.test', 1, true],
  ['example.test', 'example.test', 1, true],
  ['example.test', 'API.example.test', 1, true],
  ['example.test', 'badexample.test', 1, false],
  ['.example.test', 'api.example.test', 1, true],
  ['*.example.test', 'api.example.test', 1, true],
  ['example.test:8080', 'example.test', 8080, true],
  ['example.test:8080', 'example.test', 80, false],
  ['10.1.2.3', '10.1.2.3', 80, true],
  ['[::1]', '::1', 80, true],
])('the rule %s and the host %s at %d: %s', (rule, host, port, expected) => {
  expect(excludes(rule, host, port)).toBe(expected)
})

test.each([
  ['localhost', true],
  ['app.localhost', true],
  ['127.3.2.1', true],
  ['::1', true],
  ['[::1]', true],
  ['128.0.0.1', false],
  ['localhost.test', false],
])('%s is this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
