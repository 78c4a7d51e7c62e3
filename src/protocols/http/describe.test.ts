import fc from 'fast-check'
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
  ['/v1/dispatches/d_2', '/v1/dispatches/{id}'],
  ['/order/ord-17/items', '/order/{id}/items'],
  ['/v1/orders/o17', '/v1/orders/{id}'],
  ['/items/a1/stock', '/items/{id}/stock'],
  ['/v1/customers/cus_Abc123', '/v1/customers/{id}'],
  ['/v1/payment_intents/pi_3/confirm', '/v1/payment_intents/{id}/confirm'],
  ['/me/cus_Abc123', '/me/{id}'],
  ['/issues/PROJ-123', '/issues/{id}'],
  ['/invoices/inv-7.pdf', '/invoices/{id}.pdf'],
  ['/things/x_1a2b3c', '/things/{id}'],
  ['/v1/oauth2/token', '/v1/oauth2/token'],
  ['/wizard/step-2', '/wizard/step-2'],
  ['/forms/step-2-form', '/forms/step-2-form'],
  ['/signups/step-2', '/signups/step-2'],
  ['/access/mfa-2', '/access/mfa-2'],
  ['/settings/oauth-2', '/settings/oauth-2'],
  ['/api-2/users', '/api-2/users'],
  ['/api_v1/users', '/api_v1/users'],
  ['/api/pods_v1beta1', '/api/pods_v1beta1'],
  ['/reports/q3_2024', '/reports/q3_2024'],
  ['/assets/logo-dark', '/assets/logo-dark'],
  ['/d_2', '/d_2'],
  ['/o17', '/o17'],
  ['/apis/v2', '/apis/v2'],
  ['/services/s3', '/services/s3'],
  ['/metrics/p95', '/metrics/p95'],
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

it('has one name for all of a kind by short ids, whatever they are, and leaves words alone', () => {
  const plural = fc.constantFrom('dispatches', 'orders', 'customers', 'payment_intents', 'invoices')
  const word = fc.stringMatching(/^[g-z]{2,8}$/)
  fc.assert(
    fc.property(plural, fc.constantFrom('_', '-'), fc.nat(99_999), word, (parent, separator, number, name) => {
      const named = (segment: string): string => describe(ask('DELETE', `/v1/${parent}/${segment}`)).name
      const id = `${parent.slice(0, 3)}${separator}${number}`
      expect(named(id)).toBe(`DELETE /v1/${parent}/{id}`)
      expect(named(`${id}/items`)).toBe(`DELETE /v1/${parent}/{id}/items`)
      expect(named(name)).toBe(`DELETE /v1/${parent}/${name}`)
      expect(named(`${name}-${name}`)).toBe(`DELETE /v1/${parent}/${name}-${name}`)
      const long = `some${name}${number}`
      expect(named(long)).toBe(`DELETE /v1/${parent}/${long}`)
      expect(named(`${parent[0]}${number + 1000}`)).toBe(`DELETE /v1/${parent}/{id}`)
    }),
  )
})
