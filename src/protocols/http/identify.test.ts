import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HttpMatch } from './boundary.ts'
import { createIdentifier, identify } from './identify.ts'
import type { HeaderList, HttpQuestion } from './message.ts'

function ask(url: string, body: string | Uint8Array = '', headers: HeaderList = [], method?: string): HttpQuestion {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return {
    method: method ?? (bytes.length > 0 ? 'POST' : 'GET'),
    url: url.startsWith('/') ? `https://api.test${url}` : url,
    version: '1.1',
    headers,
    body: bytes,
    trailers: [],
  }
}

const json: HeaderList = [['Content-Type', 'application/json']]
const form: HeaderList = [['content-type', 'application/x-www-form-urlencoded;charset=UTF-8']]

function same(a: HttpQuestion, b: HttpQuestion, match?: HttpMatch): boolean {
  const of = createIdentifier(match)
  return JSON.stringify(of(a)) === JSON.stringify(of(b))
}

/** Two bodies, compared at two sizes: as they are, and so long that they take part as a hash. */
function sameJson(a: unknown, b: unknown, match?: HttpMatch): boolean {
  const short = same(ask('/x', JSON.stringify(a), json), ask('/x', JSON.stringify(b), json), match)
  const pad = (value: unknown): string => JSON.stringify({ wrapped: value, filler: 'x'.repeat(600) })
  if (!match) expect(same(ask('/x', pad(a), json), ask('/x', pad(b), json))).toBe(short)
  return short
}

describe('the URL of a request', () => {
  it.each([
    ['the order of different query parameters', '/x?a=1&b=2', '/x?b=2&a=1'],
    ['the fragment', '/x?a=1#top', '/x?a=1'],
    ['the default port', 'https://api.test:443/x', 'https://api.test/x'],
    ['the case of scheme and host', 'HTTPS://API.test/x', 'https://api.test/x'],
    ['credentials in the URL', 'https://me:pw@api.test/x', 'https://api.test/x'],
    ['an empty path', 'https://api.test', 'https://api.test/'],
    ['an empty path before a query', 'https://api.test?a=1', 'https://api.test/?a=1'],
    ['the scheme of a WebSocket', 'wss://api.test/x', 'https://api.test/x'],
    ['who percent-encoded the query', '/x?q=is%3Aopen+a%20b', '/x?q=is:open%20a+b'],
    ['who percent-encoded the path', '/a%3Ab/%7euser/é', '/a:b/~user/%C3%A9'],
    ['the case of percent-encoding', '/a%2fb', '/a%2Fb'],
    ['empty parameters', '/x?&a=1&', '/x?a=1'],
    ['a missing value', '/x?a', '/x?a='],
  ])('is the same whatever %s', (_what, a, b) => {
    expect(same(ask(a), ask(b))).toBe(true)
  })

  it.each([
    ['method', ask('/x'), ask('/x', '', [], 'DELETE')],
    ['host', ask('/x'), ask('https://other.test/x')],
    ['port', ask('/x'), ask('https://api.test:8443/x')],
    ['path', ask('/x'), ask('/x/')],
    ['an encoded slash', ask('/a/b'), ask('/a%2Fb')],
    ['the value of a parameter', ask('/x?a=1'), ask('/x?a=2')],
    ['the order of a repeated parameter', ask('/x?a=1&a=2'), ask('/x?a=2&a=1')],
    ['an ampersand inside a value', ask('/x?a=1%26b=2'), ask('/x?a=1&b=2')],
    ['an equals sign inside a name', ask('/x?a%3D1=2'), ask('/x?a=1=2')],
  ])('tells apart %s', (_what, a, b) => {
    expect(same(a, b)).toBe(false)
  })

  it('keeps the parts apart for the index', () => {
    expect(identify(ask('https://API.test:443/a/b?z=1&a=2#f'))).toEqual({
      origin: 'https://api.test',
      method: 'GET',
      path: '/a/b',
      rest: '?a=2&z=1',
    })
  })

  it('survives malformed percent-encoding', () => {
    expect(same(ask('/x?a=100%'), ask('/x?a=100%'))).toBe(true)
    expect(same(ask('/100%/x'), ask('/100%/x'))).toBe(true)
    expect(same(ask('/x?a=100%'), ask('/x?a=%E9'))).toBe(false)
  })
})

describe('a JSON body', () => {
  it('is the same whatever the order of its keys and its white space', () => {
    const a = '{"a": 1, "b": {"c": [1, 2], "d": null}}'
    expect(same(ask('/x', a, json), ask('/x', '{"b":{"d":null,"c":[1,2]},"a":1.0}', json))).toBe(true)
  })

  it('is the same exactly when its content is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const equal = JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b))
        expect(sameJson(a, b)).toBe(equal)
        expect(sameJson(a, reverseKeys(a))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['a string and a number', { a: '1' }, { a: 1 }],
    ['null and nothing', { a: null }, {}],
    ['the order of a list', [1, 2], [2, 1]],
    ['where a string ends', ['a"b', 'c'], ['a', 'b"c']],
    ['a list and an object', [], {}],
  ])('tells apart %s', (_what, a, b) => {
    expect(sameJson(a, b)).toBe(false)
  })

  it('keeps integers exact that are too large for a number', () => {
    const at = (id: string): HttpQuestion => ask('/x', `{"id":${id}}`, json)
    expect(same(at('9007199254740993'), at('9007199254740992'))).toBe(false)
    expect(same(at('9007199254740993'), at(' 9007199254740993 '))).toBe(true)
  })

  it('is recognised when it is sent as text or as a form', () => {
    expect(same(ask('/x', '{"a":1,"b":2}'), ask('/x', '{"b":2,"a":1}', form))).toBe(true)
  })

  it('is compared by its bytes when it is broken, or nested deeper than can be read', () => {
    expect(same(ask('/x', '{"a":', json), ask('/x', '{"a":', json))).toBe(true)
    expect(same(ask('/x', '{"a":', json), ask('/x', '{"a": ', json))).toBe(false)
    const deep = (middle: string): HttpQuestion => ask('/x', '['.repeat(200_000) + middle + ']'.repeat(200_000), json)
    expect(same(deep('1'), deep('1'))).toBe(true)
    expect(same(deep('1'), deep('2'))).toBe(false)
  })
})

describe('a body of another kind', () => {
  it('is the same form whatever the order of different fields', () => {
    expect(same(ask('/x', 'a=1&b=x+y', form), ask('/x', 'b=x%20y&a=1', form))).toBe(true)
    expect(same(ask('/x', 'a=1&a=2', form), ask('/x', 'a=2&a=1', form))).toBe(false)
  })

  it('is the same multipart body whatever its boundary', () => {
    const parts = (boundary: string, content: string, filename = 'a.txt'): HttpQuestion =>
      ask(
        '/x',
        `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nHello\r\n` +
          `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n` +
          `Content-Type: text/plain\r\n\r\n${content}\r\n--${boundary}--\r\n`,
        [['Content-Type', `multipart/form-data; boundary=${boundary}`]],
      )
    expect(same(parts('aaa', 'text'), parts('----bbb', 'text'))).toBe(true)
    expect(same(parts('aaa', 'text'), parts('aaa', 'other'))).toBe(false)
    expect(same(parts('aaa', 'text'), parts('aaa', 'text', 'b.txt'))).toBe(false)
    expect(same(parts('aaa', 'text'), parts('aaa', 'other'), { ignore: ['body.file'] })).toBe(true)
  })

  it('is the same GraphQL request whatever the layout of its document', () => {
    const request = (query: string, variables?: object, operationName?: string): HttpQuestion =>
      ask('/graphql', JSON.stringify({ query, variables, operationName }), json)
    const compact = 'query Viewer($first:Int){viewer{repos(first:$first,after:"a # b"){id}}}'
    const spaced = `# Who is it?\nquery Viewer($first: Int) {\n  viewer {\n    repos(first: $first, after: "a # b") { id }\n  }\n}`
    expect(same(request(compact, { first: 1 }), request(spaced, { first: 1 }, 'Viewer'))).toBe(true)
    expect(same(request(compact, { first: 1 }), request(spaced, { first: 2 }))).toBe(false)
    expect(same(request(compact), request(spaced.replace('a # b', 'a  # b')))).toBe(false)
    const get = (query: string): HttpQuestion => ask(`/graphql?query=${encodeURIComponent(query)}&variables={}`)
    expect(same(get(compact), get(spaced))).toBe(true)
  })

  it('is no GraphQL only because a field is called query', () => {
    expect(sameJson({ query: 'big  shoes' }, { query: 'big shoes' })).toBe(false)
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('is the same when it is packed with %s', (encoding, pack) => {
    const packed = ask('/x', pack(Buffer.from('{"b":2,"a":1}')), [...json, ['Content-Encoding', encoding]])
    expect(same(packed, ask('/x', '{"a":1,"b":2}', json))).toBe(true)
  })

  it('is compared as it is when its content-encoding is not true', () => {
    const lying = ask('/x', '{"a":1}', [['content-encoding', 'gzip']])
    expect(same(lying, lying)).toBe(true)
  })

  it('is compared by its bytes otherwise', () => {
    const bytes = (last: number): Uint8Array => new Uint8Array(2000).fill(7).with(1999, last)
    expect(same(ask('/x', bytes(1)), ask('/x', bytes(1)))).toBe(true)
    expect(same(ask('/x', bytes(1)), ask('/x', bytes(2)))).toBe(false)
  })
})

describe('match', () => {
  it.each<[string, HttpMatch, HttpQuestion, HttpQuestion]>([
    ['a query parameter', { ignore: ['query.ts'] }, ask('/x?ts=1&a=1'), ask('/x?a=1')],
    ['query parameters by wildcard', { ignore: ['query.utm_*'] }, ask('/x?utm_id=1'), ask('/x?utm_to=2')],
    ['the whole query', { ignore: ['query'] }, ask('/x?b=2'), ask('/x')],
    ['the origin', { ignore: ['origin'] }, ask('/x'), ask('https://staging.test/x')],
    ['the whole body', { ignore: ['body'] }, ask('/x', 'one'), ask('/x', 'two')],
    ['a form field', { ignore: ['body.filter[at]'] }, ask('/x', 'filter[at]=1', form), ask('/x', 'filter[at]=2', form)],
  ])('ignores %s', (_what, match, a, b) => {
    expect(same(a, b)).toBe(false)
    expect(same(a, b, match)).toBe(true)
  })

  it('ignores parts of JSON by path, at names and in lists', () => {
    const body = (id: number, name: string): unknown => ({ requestId: id, items: [{ id, name }, { name }], 'a.b': id })
    const ignore = ['body.requestId', 'body.items[*].id', 'body["a.b"]']
    expect(sameJson(body(1, 'n'), body(2, 'n'), { ignore })).toBe(true)
    expect(sameJson(body(1, 'n'), body(1, 'm'), { ignore })).toBe(false)
    expect(sameJson({ a: { id: 1 } }, { a: { id: 2 } }, { ignore: ['body.*.id', 'body.a.x'] })).toBe(true)
    expect(sameJson([[1, 2]], [[3, 2]], { ignore: ['body[*][0]'] })).toBe(true)
  })

  it('compares the headers it names, and no others', () => {
    const accept = (value: string): HttpQuestion => ask('/x', '', [['Accept', value]])
    expect(same(accept('a'), accept('b'))).toBe(true)
    expect(same(accept('a'), accept('b'), { headers: ['ACCEPT'] })).toBe(false)
    expect(same(accept('a'), ask('/x'), { headers: ['accept'] })).toBe(false)
    expect(same(accept('a'), accept('b'), { headers: ['accept'], ignore: ['headers.Accept'] })).toBe(true)
  })

  it('compares bodies by their bytes when asked to', () => {
    expect(same(ask('/x', '{"a":1}', json), ask('/x', '{"a": 1}', json), { body: 'bytes' })).toBe(false)
  })

  it('rewrites a request before it is compared', () => {
    const normalize = (question: HttpQuestion): HttpQuestion => ({ ...question, url: question.url.replace(/\d+/, '0') })
    expect(same(ask('/orders/1'), ask('/orders/2'), { normalize })).toBe(true)
  })

  it('leaves everything but origin, method and path to `same`', () => {
    expect(identify(ask('/x?a=1', 'body'), { same: () => true }).rest).toBe('')
  })

  it.each(['qurey.ts', 'body[', 'headersx', 'origin.host'])('refuses the path %s, which could never match', (path) => {
    expect(() => createIdentifier({ ignore: [path] })).toThrow(
      expect.objectContaining({ code: 'MORTAR_CONFIG_INVALID' }),
    )
  })
})

describe('a redaction placeholder', () => {
  it.each<[string, (secret: string) => HttpQuestion]>([
    ['the query', (secret) => ask(`/x?token={{query-token:${secret}}}`)],
    ['the query, encoded', (secret) => ask(`/x?token=%7B%7Bquery-token%3A${secret}%7D%7D`)],
    ['the path', (secret) => ask(`/bot{{telegram:${secret}}}/send`)],
    ['the path, encoded', (secret) => ask(`/bot%7B%7Btelegram%3A${secret}%7D%7D/send`)],
    ['JSON', (secret) => ask('/x', `{"token":"{{jwt:${secret}}}"}`, json)],
    ['long JSON', (secret) => ask('/x', `{"token":"{{jwt:${secret}}}","x":"${'x'.repeat(900)}"}`, json)],
    ['a form', (secret) => ask('/x', `token=%7B%7Bjwt%3A${secret}%7D%7D`, form)],
    ['text', (secret) => ask('/x', `token {{jwt:${secret}}}`)],
    ['a header', (secret) => ask('/x', '', [['authorization', `Bearer {{github-token:${secret}}}`]])],
  ])('in %s counts by its kind, not by its secret', (_where, at) => {
    expect(same(at('1f2e3d4c'), at('00000000'), { headers: ['authorization'] })).toBe(true)
    expect(identify(at('1f2e3d4c'), { headers: ['authorization'] })).not.toEqual(identify(ask('/x')))
  })

  it('is the same encoded or not', () => {
    expect(same(ask('/bot{{t:1f2e}}/x?a={{q:1f2e}}'), ask('/bot%7B%7Bt%3A1f2e%7D%7D/x?a=%7b%7bq%3a1f2e%7d%7d'))).toBe(
      true,
    )
  })

  it('of another kind is another value', () => {
    expect(same(ask('/x?token={{a:1f2e3d4c}}'), ask('/x?token={{b:1f2e3d4c}}'))).toBe(false)
  })
})

function sortKeys(value: unknown): unknown {
  return mapKeys(value, (keys) => keys.toSorted())
}

function reverseKeys(value: unknown): unknown {
  return mapKeys(value, (keys) => keys.toReversed())
}

function mapKeys(value: unknown, order: (keys: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => mapKeys(each, order))
  if (typeof value !== 'object' || value === null) return value
  const source = value as Record<string, unknown>
  const target: Record<string, unknown> = {}
  for (const key of order(Object.keys(source))) {
    Object.defineProperty(target, key, { value: mapKeys(source[key], order), enumerable: true })
  }
  return target
}
