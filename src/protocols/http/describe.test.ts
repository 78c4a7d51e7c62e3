import { expect, it } from 'vitest'
import { describe } from './describe.ts'
import type { HttpQuestion } from './message.ts'

function ask(method: string, path: string, body: unknown = undefined): HttpQuestion {
  return {
    method,
    url: `https://api.test${path}`,
    version: '1.1',
    headers: [],
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    trailers: [],
  }
}

it.each([
  ['/users/42?x=1', '/users/{id}'],
  ['/orders/1b4e28ba-2fa1-11d2-883f-0016d3cca427/items', '/orders/{id}/items'],
  ['/commits/e83c5163316f89bfbde7d9ab23ca2e25604af290', '/commits/{id}'],
  ['/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15', '/v1/charges/{id}'],
  ['/events/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/events/{id}'],
  ['/bot{{telegram-token:1f2e3d4c}}/x/{{jwt:1f2e}}', '/bot{{telegram-token}}/x/{id}'],
  ['/files/123.json', '/files/{id}.json'],
  ['/repos/octokit-fixture-org/hello-world/issues', '/repos/octokit-fixture-org/hello-world/issues'],
  ['/2010-04-01/Accounts', '/2010-04-01/Accounts'],
  ['/v1/payment_intents', '/v1/payment_intents'],
  ['/', '/'],
])('guesses the operation of GET %s as GET %s', (path, template) => {
  expect(describe(ask('GET', path))).toEqual({ name: `GET ${template}`, effect: false })
})

it('takes every method for an effect that is not safe', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE'])
    expect(describe(ask(method, '/x')).effect).toBe(true)
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) expect(describe(ask(method, '/x')).effect).toBe(false)
})

it('tells GraphQL operations apart, and knows which have an effect', () => {
  const name = (body: unknown): unknown => describe(ask('POST', '/graphql', body))
  expect(name({ query: 'query ViewerName { viewer { name } }' })).toEqual({
    name: 'POST /graphql query ViewerName',
    effect: false,
  })
  expect(name({ query: 'mutation Add($t: String = "query X {") { add(t: $t) { id } }' })).toEqual({
    name: 'POST /graphql mutation Add',
    effect: true,
  })
  expect(name({ query: '{ viewer { id } }' })).toEqual({ name: 'POST /graphql query', effect: false })
  const two = 'query A { a { mutation } } mutation B { b } fragment F on Query { c }'
  expect(name({ query: two, operationName: 'B' })).toEqual({ name: 'POST /graphql mutation B', effect: true })
  expect(describe(ask('GET', '/graphql?query=query+A%7Ba%7D')).name).toBe('GET /graphql query A')
})

it('takes a search for what it is, although it has a field named query', () => {
  expect(describe(ask('POST', '/search', { query: { match: {} } }))).toEqual({ name: 'POST /search', effect: true })
  expect(describe(ask('POST', '/search', { query: 'red shoes' }))).toEqual({ name: 'POST /search', effect: true })
})
