import { describe, expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

/** How the clients of a test ask; each gives status and body, or the code of the error. */
const clients = {
  fetch: `const ask = async (method = 'POST') => {
  try {
    const response = await fetch(base + '/charges', { method, signal: AbortSignal.timeout(1800) })
    return [response.status, await response.text(), response.headers.get('retry-after')]
  } catch (error) { return String(error.cause?.code ?? error.code ?? error.name) }
}`,
  'http.request': `const ask = (method = 'POST') => new Promise((resolve) => {
  const failed = (error) => resolve(String(error.code ?? error.name))
  const request = http.request(base + '/charges', { method, signal: AbortSignal.timeout(1800) }, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text) => (body += text)).on('error', failed)
    response.on('end', () => resolve([response.statusCode, body, response.headers['retry-after'] ?? null]))
  })
  request.on('error', failed).end()
})`,
}

const body = JSON.stringify({ id: 'ch_1', amount: 1000 })

describe.concurrent.for(Object.entries(clients))('with %s', ([, client]) => {
  it('each fault is what the client sees, and reaches the service or not', async ({ onTestFinished: after }) => {
    const service = await upstream(
      (_request, response) => void response.writeHead(201, { 'content-type': 'application/json' }).end(body),
      { after },
    )
    const made = project({
      after,
      packages: ['vitest'],
      config: `import { http } from 'mortar'
export default { boundaries: { pay: http({ origin: '${service.origin}', record: 'live' }) } }`,
      files: {
        'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { reporters: [['json', { outputFile: 'report.json' }]] } }`,
        'faults.test.mjs': `import http from 'node:http'
import { expect, test } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { httpFaults } from 'mortar/faults'
const base = '${service.origin}'
${client}
const asked = async () => (await mortarTest.boundary('pay').exchanges()).length
const arm = (fault, match) => mortarTest.boundary('pay').fault(fault, match)
const good = [201, ${JSON.stringify(body)}, null]
const lost = expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/)
test('a reply that is lost', async () => {
  const fault = await arm(httpFaults.lostReply({ operation: 'POST /charges' }))
  expect([await ask(), await asked(), fault.struck]).toEqual([lost, 1, 1])
  expect([await ask(), await asked(), fault.struck]).toEqual([good, 2, 1])
})
test('a connection lost before', async () => {
  await arm(httpFaults.resetBefore())
  expect([await ask(), await asked()]).toEqual([lost, 0])
})
test('a connection lost within the body', async () => {
  await arm(httpFaults.resetMidBody())
  expect([await ask(), await asked()]).toEqual([expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|aborted/i), 1])
})
test('no answer', async () => {
  await arm(httpFaults.noAnswer())
  expect([await ask(), await asked()]).toEqual([expect.stringMatching(/23|Timeout|Abort|ABORT/), 1])
})
test('a status, the second time and the third', async () => {
  await arm(httpFaults.status(429, { retryAfter: 7 }), { nth: 2, times: 2 })
  const told = [429, expect.stringContaining('Too Many Requests'), '7']
  expect([await ask(), await ask(), await ask(), await ask(), await asked()]).toEqual([good, told, told, good, 2])
})
test('a refusal by somebody in between, when it is done', async () => {
  await arm(httpFaults.doneThough(504))
  expect([await ask(), await asked()]).toEqual([[504, expect.stringContaining('Gateway Timeout'), null], 1])
})
test('only what changes something', async () => {
  await arm(httpFaults.status(503, { effect: true }))
  expect([(await ask('GET'))[0], (await ask())[0]]).toEqual([201, 503])
})
test('bodies that are wrong', async () => {
  await arm(httpFaults.html200({ nth: 1 }))
  await arm(httpFaults.truncatedBody({ nth: 2 }))
  await arm(httpFaults.empty204({ nth: 3 }))
  expect(await ask()).toEqual([200, expect.stringContaining('<html>'), null])
  expect(await ask()).toEqual([201, ${JSON.stringify(body.slice(0, Math.ceil(body.length / 2)))}, null])
  expect(await ask()).toEqual([204, '', null])
  expect(await asked()).toBe(3)
})
test('the same page again and again', async () => {
  await arm(httpFaults.repeatedPage())
  expect([await ask('GET'), await ask('GET'), await asked()]).toEqual([good, good, 1])
})
test('a fault of HTTP at what is not asked', async () => {
  await arm(httpFaults.status(503), { operation: 'POST /refunds' })
  await ask()
})
test('nothing is left of them in the next test', async () => {
  expect(await ask()).toEqual(good)
})
`,
      },
    })
    await made.node(['node_modules/vitest/vitest.mjs', 'run'])
    const { testResults } = JSON.parse(made.read('report.json')) as {
      testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
    }
    const results = testResults.flatMap(({ assertionResults }) => assertionResults)
    const failed = results.filter(({ status }) => status !== 'passed')
    expect(failed.map(({ title }) => title)).toEqual(['a fault of HTTP at what is not asked'])
    expect(failed[0]?.failureMessages[0]).toContain('MORTAR_FAULT_UNREACHED')
    expect(results).toHaveLength(11)
  })
})
