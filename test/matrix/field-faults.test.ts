import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

/** How the clients of a test ask; each gives the body as text, and the length that the headers say. */
const clients = {
  fetch: `const ask = async (path) => {
  const response = await fetch(base + path)
  return [await response.text(), response.headers.get('content-length'), response.headers.get('content-md5')]
}`,
  'http.request': `const ask = (path) => new Promise((resolve, reject) => {
  http.get(base + path, { headers: { 'accept-encoding': 'gzip' } }, async (response) => {
    const chunks = []
    for await (const chunk of response) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { 'content-encoding': encoding, 'content-length': length, 'content-md5': md5 } = response.headers
    resolve([String(encoding === 'gzip' ? gunzipSync(body) : body), length ?? null, md5 ?? null])
  }).on('error', reject)
})`,
}

const order = '{"id":12345678901234567890,"total":1.0,"items":[{"sku":"a","n":1},{"sku":"b","n":2}],"state":"OPEN"}'
const lines = '{"id":1}\n{"id":2}\n'

describe.concurrent.for(Object.entries(clients))('with %s', ([, client]) => {
  it('fields are changed in JSON, packed or not, and streams of lines are left alone', async ({
    onTestFinished: after,
  }) => {
    const service = await upstream(
      ({ url }, response) => {
        const isPacked = url === '/packed'
        const body = isPacked ? gzipSync(order) : Buffer.from(url === '/lines' ? lines : order)
        response.writeHead(url === '/sad' ? 404 : 200, {
          'content-type': url === '/lines' ? 'application/x-ndjson' : 'application/json; charset=utf-8',
          'content-length': body.length,
          'content-md5': 'of what was there',
          ...(isPacked && { 'content-encoding': 'gzip' }),
        })
        response.end(body)
      },
      { after },
    )
    const made = project({
      after,
      packages: ['vitest'],
      config: `import { http } from 'mortar'
export default { boundaries: { shop: http({ origin: '${service.origin}', record: 'live' }) } }`,
      files: {
        'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { reporters: [['json', { outputFile: 'report.json' }]] } }`,
        'fields.test.mjs': `import http from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { httpFaults as faults } from 'mortar/faults'
const base = '${service.origin}'
${client}
const order = ${JSON.stringify(order)}
const changed = async (fault, path = '/order') => {
  await mortarTest.boundary('shop').fault(fault)
  const [text, length, md5] = await ask(path)
  if (path !== '/packed') expect(Number(length)).toBe(Buffer.byteLength(text))
  expect(md5).toBe(null)
  return text
}
test('a field is absent, in every element of a list', async () => {
  const text = await changed(faults.fieldAbsent(['/items/*/n', '/state']))
  expect(text).toBe('{"id":12345678901234567890,"total":1.0,"items":[{"sku":"a"},{"sku":"b"}]}')
})
test('a field is absent in a body that is packed', async () => {
  expect(await changed(faults.fieldAbsent('/items'), '/packed')).toBe('{"id":12345678901234567890,"total":1.0,"state":"OPEN"}')
})
test('a field is null', async () => {
  expect(await changed(faults.fieldNull('/items/*/sku'))).toBe(order.replace('"a"', 'null').replace('"b"', 'null'))
})
test('fields have another type', async () => {
  const text = await changed(faults.fieldOfAnotherType(['/id', '/items', '/state']))
  expect(text).toBe('{"id":"no number","total":1.0,"items":{},"state":1}')
})
test('fields are empty', async () => {
  expect(await changed(faults.fieldEmpty(['/items', '/state', '/id']))).toBe('{"id":12345678901234567890,"total":1.0,"items":[],"state":""}')
})
test('a word is one that nobody has heard of', async () => {
  expect(await changed(faults.unknownEnumValue('/state'))).toBe(order.replace('OPEN', 'UNHEARD_OF'))
})
test('there is one field more', async () => {
  expect(await changed(faults.extraField())).toBe(order.replace(/}$/, ',"unheard_of":"extra"}'))
})
test('only some fields are there', async () => {
  expect(await changed(faults.onlyFields(['/id', '/items/*/n']))).toBe('{"id":12345678901234567890,"items":[{"n":1},{"n":2}]}')
})
test('only answers with one status are changed', async () => {
  await mortarTest.boundary('shop').fault(faults.fieldAbsent('/items', { status: 404, times: 2 }))
  expect((await ask('/order'))[0]).toBe(order)
  expect((await ask('/sad'))[0]).not.toContain('items')
})
test('lines are no JSON', async () => {
  await mortarTest.boundary('shop').fault(faults.fieldAbsent('/id'))
  expect(await ask('/lines')).toEqual([${JSON.stringify(lines)}, '18', 'of what was there'])
})
`,
      },
    })
    await made.node(['node_modules/vitest/vitest.mjs', 'run'])
    const { testResults } = JSON.parse(made.read('report.json')) as {
      testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
    }
    const results = testResults.flatMap(({ assertionResults }) => assertionResults)
    expect(results.flatMap(({ failureMessages }) => failureMessages)).toEqual([])
    expect(results).toHaveLength(10)
  })
})
