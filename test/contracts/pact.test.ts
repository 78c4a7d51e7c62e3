import type { PactAnswer } from '../../src/contracts/pact/pact-types.ts'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test as always } from 'vitest'
import { makePact } from '../../src/contracts/pact/make-pact.ts'
import { field, proved } from './proved.ts'
import { changesTo, someContract } from './some-contract.ts'
import { answering, hasVerifier, useVerifier } from './verify-pact.ts'

const test = always.skipIf(!hasVerifier)
const verifier = useVerifier()
const parties = { consumer: 'shop', provider: 'things' }
const needed = { absent: 'needed', null: 'needed', wrongType: 'needed' } as const
const order = proved(
  { id: 'o_1', total: 12, note: 'thanks', lines: [{ sku: 'mug', price: 2.5, gift: true }] },
  [
    field('/id', ['string'], needed),
    field('/total', ['integer'], needed),
    field('/lines/*/sku', ['string'], needed),
    field('/lines/*/price', ['number'], needed),
  ],
  { operation: 'GET /orders/{id}', example: { path: '/orders/12' } },
)

test('a provider that has what is needed fulfils the Pact, whatever else it answers', async () => {
  const other = {
    id: 'x',
    total: 5,
    lines: [
      { sku: 'a', price: 1 },
      { sku: 'b', price: 9.25, more: [] },
    ],
    extra: 1,
  }
  expect(await verifier.verify(makePact([order], parties), answering(other))).toBe('')
})

test('whoever publishes a message is asked for what is needed of it', async () => {
  const message = { ...order, operation: 'DELIVER orders', status: 0 }
  const pact = makePact([{ ...message, example: { ...message.example, method: 'DELIVER', path: 'orders' } }], parties)
  expect(pact.interactions).toMatchObject([{ type: 'Asynchronous/Messages', description: 'a message at orders' }])
  const publishing = (published: unknown): Promise<string> =>
    verifier.verify(pact, answering({}), { 'a message at orders': published })
  const other = { id: 'x', total: 5, lines: [{ sku: 'a', price: 1 }], extra: 1 }
  expect(await publishing(other)).toBe('')
  for (const wrong of [
    { ...other, total: 'many' },
    { ...other, lines: [] },
    { ...other, id: null },
  ]) {
    expect(await publishing(wrong)).not.toBe('')
  }
})

test.each([
  ['a field is gone', { total: 5, lines: [{ sku: 'a', price: 1 }] }],
  ['one element lacks a field', { id: 'x', total: 5, lines: [{ sku: 'a', price: 1 }, { sku: 'b' }] }],
  ['an array shows nothing', { id: 'x', total: 5, lines: [] }],
  ['a text has become a number', { id: 7, total: 5, lines: [{ sku: 'a', price: 1 }] }],
  ['null stands for a field', { id: 'x', total: null, lines: [{ sku: 'a', price: 1 }] }],
])('a provider where %s does not', async (_what, body) => {
  expect(await verifier.verify(makePact([order], parties), answering(body))).not.toBe('')
})

test("Pact's verifier takes every tolerated change of any contract and no needed one but those that its comments name", async () => {
  await fc.assert(
    fc.asyncProperty(someContract, async (operation) => {
      const pact = makePact([operation], parties)
      expect(await verifier.verify(pact, answering(operation.example.responseBody))).toBe('')
      const unsaid = pact.interactions[0]!.comments.text.filter((line) => line.startsWith('Not said here'))
      for (const change of changesTo(operation)) {
        if (change.needed && unsaid.some((line) => line.includes(change.pointer))) continue
        const complaint = await verifier.verify(pact, answering(change.body))
        expect(complaint === '', `${change.pointer} ${change.kind}`).toBe(!change.needed)
      }
    }),
    { numRuns: 25 },
  )
})

test('the verifier asks what was recorded, with its query, its headers and its body', async () => {
  const seen: { request?: IncomingMessage; body?: string } = {}
  const operation = proved({ id: 1 }, [field('/id', ['integer'], needed)], {
    operation: 'POST /orders/{id}/lines',
    status: 201,
    example: {
      method: 'POST',
      path: '/orders/17/lines',
      query: 'expand=sku&expand=price&dry=false',
      requestHeaders: [
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', 'k-1'],
        ['User-Agent', 'node'],
        ['Authorization', 'Bearer {{token:0a1b2c3d}}'],
      ],
      requestBody: '{"sku":"mug","count":2}',
    },
  })
  const pact = makePact([operation], parties)
  const complaint = await verifier.verify(pact, (request, response) => {
    seen.request = request
    void text(request).then((body) => {
      seen.body = body
      answering({ id: 5 }, 201)(request, response)
    })
  })
  expect(complaint).toBe('')
  expect(seen.request).toMatchObject({ method: 'POST', url: '/orders/17/lines?dry=false&expand=sku&expand=price' })
  expect(seen.request!.headers).toMatchObject({ 'idempotency-key': 'k-1' })
  expect(seen.request!.headers).not.toHaveProperty('authorization')
  expect(JSON.parse(seen.body!)).toEqual({ sku: 'mug', count: 2 })
  const [{ comments, pending, request }] = pact.interactions as readonly [PactAnswer]
  expect(pending).toBe(false)
  expect(comments.text).toContain('To be added by whoever asks, because it was redacted: authorization.')
  expect(request.matchingRules?.['path']).toMatchObject({ matchers: [{ regex: '^/orders/[^/]+/lines$' }] })
})

test('what was redacted is not asked, and an interaction that lacks it is pending', async () => {
  const operation = proved({ id: 1 }, [field('/id', ['integer'], needed)], {
    operation: 'POST /users/{id}',
    example: {
      method: 'POST',
      path: '/users/{{user-id:0a1b}}',
      query: 'token={{token:0a1b}}&page=1',
      requestHeaders: [['content-type', 'application/json']],
      requestBody: '{"to":[{"email":"{{email:0a1b}}","name":"Ada"}]}',
    },
  })
  const pact = makePact([operation], parties)
  const [{ pending, request, comments }] = pact.interactions as readonly [PactAnswer]
  expect(pending).toBe(true)
  expect(JSON.stringify(request)).not.toContain('{{')
  expect(request).toMatchObject({ query: { page: ['1'] }, body: { content: { to: [{ name: 'Ada' }] } } })
  expect(comments.text.at(-1)).toBe(
    'It is pending, because what it asks was redacted: a part of the path, `token` of the query, `/to/0/email` of the body.',
  )
  expect(await verifier.verify(pact, answering({}))).toBe('')
})

always('what Pact cannot say is told, and not said as something else', () => {
  const tolerant = { absent: 'needed', null: 'tolerated', wrongType: 'needed' } as const
  const operation = proved(
    { "it's": 'a', of: { id: 1 }, maybe: 'x', name: 'Ada', login: 'ada' },
    [
      field("/it's", ['string'], needed),
      field('/of', ['object'], tolerant),
      field('/of/id', ['integer'], needed),
      field('/maybe', ['string'], { absent: 'tolerated', null: 'needed' }),
    ],
    { anyOf: [[['/name'], ['/login']]] },
  )
  const [{ comments, response }] = makePact([operation], parties).interactions as readonly [PactAnswer]
  expect(response.body?.content).toEqual({})
  expect(comments.text.filter((line) => line.startsWith('Not said here'))).toEqual(
    [
      'that any one of these is enough: /name, or /login',
      "/it's, which Pact has no path for",
      '/of and what is below it, as it may be something else altogether',
      '/maybe, which may be left out, and what it is if it is there',
    ].map((line) => `Not said here, because Pact cannot: ${line}.`),
  )
})
