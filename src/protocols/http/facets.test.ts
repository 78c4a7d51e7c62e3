import { describe, expect, it } from 'vitest'
import type { HttpMatch } from './boundary.ts'
import { facets } from './facets.ts'
import type { HttpQuestion } from './message.ts'

function ask(url: string, body = '', contentType?: string): HttpQuestion {
  return {
    method: 'POST',
    url: `https://api.test${url}`,
    version: '1.1',
    headers: [
      ...(contentType ? [['Content-Type', contentType] as const] : []),
      ['Accept', 'text/html'],
      ['X-Tag', 'a'],
      ['x-tag', 'b'],
    ],
    body: Buffer.from(body),
    trailers: [],
  }
}

function shown(question: HttpQuestion, match?: HttpMatch): Record<string, string> {
  return Object.fromEntries(facets(question, match).map(({ path, value }) => [path, value]))
}

describe('the facets of a request', () => {
  it('name method, origin, path, query and the chosen headers', () => {
    expect(shown(ask('/a/b?page=2&tag=x&tag=y'), { headers: ['X-Tag'] })).toEqual({
      method: 'POST',
      origin: 'https://api.test',
      path: '/a/b',
      'query.page': '2',
      'query.tag[0]': 'x',
      'query.tag[1]': 'y',
      'headers.x-tag': 'a, b',
    })
  })

  it('name every field of JSON, and tell a string from a number', () => {
    const body = { title: 'Hi', n: 1, s: '1', labels: ['bug', 'p1'], none: {}, 'a.b': true, at: '2024-01-01' }
    expect(shown(ask('/', JSON.stringify(body)))).toMatchObject({
      'body.title': 'Hi',
      'body.n': '1',
      'body.s': '"1"',
      'body.labels[0]': 'bug',
      'body.labels[1]': 'p1',
      'body.none': '{}',
      'body["a.b"]': 'true',
      'body.at': '2024-01-01',
    })
  })

  it('name fields of forms and parts of multipart bodies', () => {
    expect(shown(ask('/', 'a=1&b=x+y', 'application/x-www-form-urlencoded'))).toMatchObject({
      'body.a': '1',
      'body.b': 'x y',
    })
    const body = '--x\r\nContent-Disposition: form-data; name="f"; filename="a.json"\r\n\r\n{"a":1}\r\n--x--\r\n'
    expect(shown(ask('/', body, 'multipart/form-data; boundary=x'))).toMatchObject({
      'body.f.filename': 'a.json',
      'body.f.a': '1',
    })
  })

  it('name what identifies a GraphQL request', () => {
    const body = JSON.stringify({ query: 'query V($a: Int) {\n viewer { id } }', variables: { a: 1 } })
    expect(shown(ask('/graphql', body))).toMatchObject({
      'body.operationName': 'V',
      'body.query': 'query V($a:Int){viewer{id}}',
      'body.variables.a': '1',
    })
  })

  it('leave out what match ignores', () => {
    const body = JSON.stringify({ id: 1, items: [{ id: 1, name: 'n' }] })
    const match = { ignore: ['query.ts', 'body.id', 'body.items[*].id', 'origin'] }
    expect(Object.keys(shown(ask('/?ts=1', body), match))).toEqual(['method', 'path', 'body.items[0].name'])
  })

  it('keep redaction placeholders whole', () => {
    expect(shown(ask('/bot%7B%7Bt%3A1f2e%7D%7D?q={{jwt:1f2e}}', '{"k":"{{jwt:00ff}}"}'))).toMatchObject({
      path: '/bot{{t:1f2e}}',
      'query.q': '{{jwt:1f2e}}',
      'body.k': '{{jwt:00ff}}',
    })
  })

  it('shorten long and binary bodies, and still tell them apart', () => {
    const long = shown(ask('/', `${'x'.repeat(5000)}1`))['body']!
    expect(long.length).toBeLessThan(260)
    expect(long).not.toBe(shown(ask('/', `${'x'.repeat(5000)}2`))['body'])
    expect(shown(ask('/', '\0\x01'))['body']).toMatch(/^2 bytes, sha256 [0-9a-f]{12}$/)
  })

  it('stay few for a body of very many fields', () => {
    const list = facets(ask('/', JSON.stringify(Array.from({ length: 50_000 }, (_, i) => i))))
    expect(list.length).toBeLessThan(510)
    expect(list.at(-1)!.value).toMatch(/sha256/)
  })
})
