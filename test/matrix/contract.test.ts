import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ProvedField, ProvedOperation } from '../../src/core/proved-contract.ts'
import { project, type Project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { runMatrix } from './matrix-project.ts'

/** Two services that are there for all workers: orders, and who wants to hear of them. */
const services = `import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
const serve = async (name, answer) => {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const [status, body] = answer(request)
    const packed = gzipSync(JSON.stringify(body))
    response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env[name] = 'http://127.0.0.1:' + server.address().port
  return server
}
const order = () => [200, {
  id: randomUUID(), state: 'open', total: 1200, version: 7, etag: 'abc',
  customer: { nick: 'ada', name: 'Ada', mail: 'ada@example.com', address: { city: 'Rome', zip: '00100' } },
  items: [{ sku: 'a', lines: [{ n: 1, note: 'x' }, { n: 2, note: 'y' }] }, { sku: 'b', lines: [{ n: 3, note: 'z' }] }],
  tags: ['new', 'gift'], stock: { [randomUUID()]: 1, [randomUUID()]: 2 },
}]
export async function setup() {
  const servers = [await serve('SHOP', order), await serve('AUDIT', () => [201, { ok: true }])]
  return () => { for (const server of servers) { server.closeAllConnections(); server.close() } }
}`

/** How the program asks. */
const clients = {
  fetch: `export const get = async (path) => (await fetch(process.env.SHOP + path, { signal: AbortSignal.timeout(6000) })).json()`,
  'http.request': `import http from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
export const get = (path) => new Promise((resolve, reject) => {
  http.get(process.env.SHOP + path, { signal: AbortSignal.timeout(6000) }, (response) => {
    text(response.pipe(createGunzip())).then(JSON.parse).then(resolve, reject)
  }).on('error', reject)
})`,
}

const program = `import { get } from './get.mjs'
export async function summary() {
  const order = await get('/orders/1')
  const count = order.items.flatMap(({ lines }) => lines.map(({ n }) => n)).reduce((a, b) => a + b, 0)
  const who = order.customer.nick ?? order.customer.name
  const seen = { order: order.id, zip: order.customer.address.zip }
  await fetch(process.env.AUDIT + '/seen', { method: 'POST', body: JSON.stringify(seen) })
  if (order.version > 100) throw new Error('it is too new')
  return { count, greeting: who ? 'hello' : 'who?', state: order.state, shelves: Object.keys(order.stock).length, order }
}`

const test = `import { expect, test } from 'vitest'
import { summary } from './src/summary.mjs'
test('an order is summed up', async () => {
  const { order, ...rest } = await summary()
  expect(rest).toEqual({ count: 6, greeting: 'hello', state: 'open', shelves: 2 })
  expect(order.tags).toEqual(['new', 'gift'])
})`

function shop(after: (close: () => void) => void, files: Record<string, string>): Project {
  return project({
    after,
    packages: ['vitest'],
    config: `import { http } from 'mortar'
const at = (origin) => http({ origin, record: 'live' })
export default { test: 'vitest run', boundaries: {
  shop: at(process.env.SHOP ?? 'http://127.0.0.1:9'), audit: at(process.env.AUDIT ?? 'http://127.0.0.1:8') } }`,
    files: {
      'services.mjs': services,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./services.mjs'] } }`,
      ...files,
    },
  })
}

/** Fields by what they are: `program asserted`. */
function byGrade({ fields }: ProvedOperation): Record<string, string[]> {
  const groups = Map.groupBy(fields, ({ readBy, grade }) => `${readBy} ${grade}`)
  return Object.fromEntries([...groups].map(([name, some]) => [name, some.map(({ pointer }) => pointer)]))
}

const needs = ({ absent, null: nulls, wrongType }: ProvedField): unknown[] => [
  absent?.needed,
  nulls?.needed,
  wrongType?.needed,
]

describe.concurrent.for(Object.entries(clients))('of a program that asks with %s', ([, client]) => {
  it('it is proved which fields it needs, which can stand for others, and which only its test reads', async ({
    onTestFinished: after,
  }) => {
    const files = { 'src/get.mjs': client, 'src/summary.mjs': program, 'summary.test.mjs': test }
    const made = shop(after, files)
    const { document } = await runMatrix(made, '--boundary', 'shop')
    const [operation, ...others] = document.contracts
    expect(others).toEqual([])
    expect(operation).toMatchObject({ boundary: 'shop', operation: 'GET /orders/{id}', status: 200 })
    expect(byGrade(operation!)).toEqual({
      'program asserted': ['/state', '/customer/nick', '/items', '/items/*/lines', '/items/*/lines/*/n', '/stock'],
      'program propagated': ['/id', '/customer/address/zip'],
      'program read': ['/version'],
      'test asserted': ['/tags', '/tags/*'],
      'nobody asserted': ['/customer/name'],
      'nobody unread': [
        '/total',
        '/etag',
        '/customer/mail',
        '/customer/address/city',
        '/items/*/sku',
        '/items/*/lines/*/note',
      ],
    })
    expect(operation?.anyOf).toEqual([[['/customer/nick'], ['/customer/name']]])
    expect(operation?.sufficient?.held).toBe(true)
    const field = (name: string): ProvedField => operation!.fields.find(({ pointer }) => pointer === name)!
    expect([needs(field('/state')), needs(field('/version'))]).toEqual([
      [true, true, true],
      [false, false, false],
    ])
    expect(field('/id').absent?.why).toBe('POST /seen at audit was asked with another body/order')
    expect(field('/items/*/lines').types).toEqual(['array'])
    expect(document.contractCoverage).toEqual({ good: 9, of: 10 })
    const cells = new Map(document.cells.map((cell) => [cell.id, cell]))
    expect(cells.get(field('/version').null!.cell)).toMatchObject({ verdict: 'suspected', fault: 'field null' })
    expect(cells.get(field('/state').absent!.cell)).toMatchObject({ verdict: 'noticed' })
    expect(document.findings.filter(({ fault }) => fault.includes('field'))).toEqual([])
    const again = await runMatrix(made, '--cell', field('/version').null!.cell)
    expect(again.document.cells).toMatchObject([{ verdict: 'suspected', detail: { pointers: ['/version'] } }])
  })
})

const whole = `import { expect, test } from 'vitest'
import { get } from './src/get.mjs'
test('an order is as it was', async () => {
  const order = await get('/orders/1')
  expect(order).toEqual({ ...order, state: 'open' })
  expect(order.items).toEqual([{ sku: 'a', lines: [{ n: 1, note: 'x' }, { n: 2, note: 'y' }] }, { sku: 'b', lines: [{ n: 3, note: 'z' }] }])
})`

it('what only a test reads, by comparing all of it, is no part of what the program needs', async ({
  onTestFinished: after,
}) => {
  const made = shop(after, { 'src/get.mjs': clients.fetch, 'whole.test.mjs': whole })
  const { document } = await runMatrix(made)
  const readers = new Set(document.contracts[0]?.fields.map(({ readBy }) => readBy))
  expect(readers).toEqual(new Set(['test', 'nobody']))
  expect(document.contracts[0]?.sufficient?.held).toBe(true)
  expect(document.contractCoverage).toEqual({ good: 0, of: 0 })
  expect(document.cells.filter(({ verdict }) => verdict === 'suspected')).toEqual([])
})

const suspicious = `import { types } from 'node:util'
import { get } from './get.mjs'
export async function state() {
  const order = await get('/orders/1')
  if (types.isProxy(order)) throw new Error('this is no order')
  return order.state
}`

it('a test that does not bear to be watched is proved by loss alone, from what was recorded', async ({
  onTestFinished: after,
}) => {
  const order = gzipSync(JSON.stringify({ id: 1, state: 'open', items: [{ sku: 'a' }] }))
  const head = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const service = await upstream((_, response) => void response.writeHead(200, head).end(order), { after })
  const made = project({
    after,
    packages: ['vitest'],
    config: `import { http } from 'mortar'
export default { test: 'vitest run', boundaries: { shop: http({ origin: '${service.origin}' }) } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { env: { SHOP: '${service.origin}' } } }`,
      'src/get.mjs': clients['http.request'],
      'src/state.mjs': suspicious,
      'state.test.mjs': `import { expect, test } from 'vitest'
import { state } from './src/state.mjs'
test('an order has a state', async () => expect(await state()).toBe('open'))`,
    },
  })
  const { document } = await runMatrix(made)
  expect(service.asked).toEqual(['GET /orders/1'])
  const [operation] = document.contracts
  expect(byGrade(operation!)).toEqual({
    'unknown unread': ['/id', '/items', '/items/*/sku'],
    'unknown asserted': ['/state'],
  })
  expect(needs(operation!.fields.find(({ pointer }) => pointer === '/state')!)).toEqual([true, true, true])
  expect([operation?.sufficient?.held, document.contractCoverage]).toEqual([true, { good: 1, of: 1 }])
})

it('a test that fails once while it is watched is watched again, as that was chance', async ({
  onTestFinished: after,
}) => {
  const made = shop(after, {
    'src/get.mjs': clients.fetch,
    'src/state.mjs': `import { existsSync, writeFileSync } from 'node:fs'
import { types } from 'node:util'
import { get } from './get.mjs'
const mark = '.mortar/once'
export async function state() {
  const order = await get('/orders/1')
  if (types.isProxy(order) && !existsSync(mark)) { writeFileSync(mark, ''); throw new Error('not now') }
  return order.state
}`,
    'state.test.mjs': `import { expect, test } from 'vitest'
import { state } from './src/state.mjs'
test('an order has a state', async () => expect(await state()).toBe('open'))`,
  })
  const { document } = await runMatrix(made, '--boundary', 'shop')
  expect(document.contracts[0]?.fields.find(({ pointer }) => pointer === '/state')?.readBy).toBe('program')
})

it('a change counts as needed only when it shows again, so chance proves nothing', async ({
  onTestFinished: after,
}) => {
  const made = shop(after, {
    'src/get.mjs': clients.fetch,
    // What it tells of hangs on something else than the answer, and has been so once.
    'src/tell.mjs': `import { existsSync, writeFileSync } from 'node:fs'
import { get } from './get.mjs'
const mark = '.mortar/once'
export async function tell() {
  const { id, state, total, version, etag } = await get('/orders/1')
  const isOdd = state === 'open' && version === undefined && !existsSync(mark)
  if (isOdd) writeFileSync(mark, '')
  await fetch(process.env.AUDIT + '/seen', { method: 'POST', body: JSON.stringify({ state, isOdd }) })
  return [total, etag, id].length
}`,
    'tell.test.mjs': `import { expect, test } from 'vitest'
import { tell } from './src/tell.mjs'
test('an order is told of', async () => expect(await tell()).toBe(3))`,
  })
  const { document } = await runMatrix(made, '--boundary', 'shop')
  const [operation] = document.contracts
  expect(byGrade(operation!)).toMatchObject({
    'program propagated': ['/state'],
    'program read': ['/id', '/total', '/version', '/etag'],
  })
  const { absent } = operation!.fields.find(({ pointer }) => pointer === '/version')!
  expect(absent?.why).toBe('it was seen once and not again: POST /seen at audit was asked with another body/isOdd')
  expect(document.cells.find(({ id }) => id === absent!.cell)?.verdict).toBe('flaky')
  expect(operation?.sufficient?.held).toBe(true)
})
