import { describe, expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

/** How the sender of a test calls the program; each gives the status. */
const senders = {
  fetch: `const send = async (url, body, headers = {}) =>
  (await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })).status`,
  'http.request': `const send = (url, body, headers = {}) => new Promise((resolve, reject) => {
  const request = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (response) =>
    response.resume().on('end', () => resolve(response.statusCode)))
  request.on('error', reject).end(JSON.stringify(body))
})`,
}

const suite = (send: string): string => `import { createHmac } from 'node:crypto'
import http from 'node:http'
import { json } from 'node:stream/consumers'
import { beforeEach, expect, test } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { webhookFaults } from 'mortar/faults'
${send}
const got = []
const server = http.createServer(async (request, response) => {
  const { type, id } = await json(request)
  const place = got.push([request.url, id, type, request.headers['stripe-signature']])
  // The first is worked on for longest.
  if (request.url !== '/orders') await new Promise((done) => setTimeout(done, 20 / place))
  response.writeHead(place === 1 ? 200 : 202).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const base = 'http://127.0.0.1:' + server.address().port
const hook = base + '/webhooks/acme/stripe'
const arm = (fault) => mortarTest.boundary('stripe').fault(fault)
const crossed = async () => (await mortarTest.boundary('stripe').exchanges()).map(({ operation }) => operation)
const signature = 't=1600000000,v1=' + 'ab'.repeat(32)
beforeEach(() => void got.splice(0))
const sign = (body, at, secret = 'whsec_tests') => 't=' + at + ',v1=' + createHmac('sha256', secret).update(at + '.' + JSON.stringify(body)).digest('hex')
const now = Math.floor(Date.now() / 1000)
process.env.STRIPE_SECRET = 'whsec_tests'

test('what a test sends to the path of a webhook crosses its boundary, and nothing else does', async () => {
  expect(await send(base + '/orders', { id: 1 })).toBe(200)
  expect(await crossed()).toEqual([])
  expect(await send(hook, { id: 2 })).toBe(202)
  expect(await crossed()).toEqual(['POST /webhooks/:account/stripe'])
  expect(got.map(([url]) => url)).toEqual(['/orders', '/webhooks/acme/stripe'])
})
test('a delivery that comes twice', async () => {
  await arm(webhookFaults.deliveredTwice())
  expect([await send(hook, { id: 1 }), got.length, (await crossed()).length]).toEqual([200, 2, 2])
})
test('a delivery that comes twice at once', async () => {
  await arm(webhookFaults.deliveredTwiceAtOnce())
  expect([await send(hook, { id: 1 }), got.length]).toEqual([200, 2])
})
test('an acknowledgement that is lost', async () => {
  await arm(webhookFaults.acknowledgementLost())
  expect([await send(hook, { id: 1 }), got.length]).toEqual([202, 2])
})
test('signatures that are wrong or missing', async () => {
  await arm(webhookFaults.signatureBad({ nth: 1 }))
  await arm(webhookFaults.signatureAbsent({ nth: 2 }))
  for (const id of [1, 2, 3]) await send(hook, { id }, { 'stripe-signature': signature })
  const [[, , , bad], [, , , absent], [, , , good]] = got
  expect(bad).toMatch(/^t=1600000000,v1=[0-9a-f]{64}$/)
  expect([bad === signature, absent, good]).toEqual([false, undefined, signature])
})
test('a delivery that was signed long ago', async () => {
  await arm(webhookFaults.signedLongAgo())
  await send(hook, { id: 1 }, { 'stripe-signature': sign({ id: 1 }, now) })
  expect(got[0][3]).toBe(sign({ id: 1 }, now - 86_400))
})
test('a delivery that somebody else has signed', async () => {
  await arm(webhookFaults.signatureBad())
  await send(hook, { id: 1 }, { 'stripe-signature': sign({ id: 1 }, now) + ',v1=' + 'ab'.repeat(32) })
  expect(got[0][3]).toMatch(new RegExp('^t=' + now + ',v1=[0-9a-f]{64}$'))
  expect(got[0][3]).not.toBe(sign({ id: 1 }, now))
})
test('a signed event of a type that nobody knows', async () => {
  await arm(webhookFaults.unknownEvent())
  const event = { id: 1, type: 'charge.succeeded' }
  await send(hook, event, { 'stripe-signature': sign(event, now) })
  expect(got[0].slice(2)).toEqual(['something.unheard_of', sign({ ...event, type: 'something.unheard_of' }, now)])
})
test('a delivery that was changed after it had been signed', async () => {
  await arm(webhookFaults.bodyChanged())
  await send(hook, { id: 1 }, { 'stripe-signature': sign({ id: 1 }, now) })
  expect(got[0].slice(1)).toEqual([1, undefined, sign({ id: 1 }, now)])
})
test('a delivery that comes late', async () => {
  await arm(webhookFaults.deliveredLate())
  const from = performance.now()
  expect(await send(hook, { id: 1 })).toBe(200)
  expect(performance.now() - from).toBeGreaterThan(1900)
})
test('a delivery that cannot be signed anew', async () => {
  await arm(webhookFaults.signedLongAgo())
  await send(hook, { id: 1 }, { 'stripe-signature': sign({ id: 1 }, now, 'another') })
})
test('an event of a type that nobody knows', async () => {
  await arm(webhookFaults.unknownEvent())
  await send(hook, { id: 1, type: 'charge.succeeded' })
  expect(got).toEqual([['/webhooks/acme/stripe', 1, 'something.unheard_of', undefined]])
})
test('a delivery that the next one overtakes has the answer of the program', async () => {
  await arm(webhookFaults.outOfOrder())
  expect(await Promise.all([send(hook, { id: 1 }), send(hook, { id: 2 })])).toEqual([202, 200])
  expect(got.map(([, id]) => id)).toEqual([2, 1])
})
test('who waits for an answer before the next one is told what is said to be told', async () => {
  await arm(webhookFaults.outOfOrder({ answered: { status: 207 } }))
  expect([await send(hook, { id: 1 }), got.length]).toEqual([207, 0])
  expect(await send(hook, { id: 2 })).toBe(200)
  expect(got.map(([, id]) => id)).toEqual([2, 1])
})
test('a delivery that no other one overtakes comes late', async () => {
  await arm(webhookFaults.outOfOrder())
  await send(hook, { id: 1 })
  await expect.poll(() => got.length).toBe(1)
})
`

describe.concurrent.for(Object.entries(senders))('with %s', ([, send]) => {
  it('webhooks that tests send go wrong as they are told to', async ({ onTestFinished: after }) => {
    const made = project({
      after,
      packages: ['vitest'],
      config: `import { webhook } from 'mortar'
export default { boundaries: { stripe: webhook({ path: '/webhooks/:account/stripe', owner: 'external',
  signature: { scheme: 'stripe', secretEnv: 'STRIPE_SECRET' } }) } }`,
      files: {
        'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { reporters: [['json', { outputFile: 'report.json' }]] } }`,
        'webhooks.test.mjs': suite(send),
      },
    })
    await made.node(['node_modules/vitest/vitest.mjs', 'run'])
    const { testResults } = JSON.parse(made.read('report.json')) as {
      testResults: { assertionResults: { failureMessages: string[] }[] }[]
    }
    const results = testResults.flatMap(({ assertionResults }) => assertionResults)
    const [why, ...others] = results.flatMap(({ failureMessages }) => failureMessages)
    expect(why).toContain('what was sent is not signed as stripe does with the secret in STRIPE_SECRET')
    expect(others).toEqual([])
    expect(results).toHaveLength(15)
    const { stdout } = await made.mortar(['map'])
    expect(stdout).toMatch(/stripe .* asked/)
    expect(stdout).toContain('/webhooks/:account/stripe · webhook · owner external')
    expect(made.has('cassettes')).toBe(false)
  })
})

it('a sender in another process reaches the program by the listener of the webhook', async () => {
  const program = await upstream((_request, response) => void response.writeHead(202).end())
  const made = project({
    config: `import { webhook } from 'mortar'
export default { boundaries: { stripe: webhook({ path: '/hooks', origin: '${program.origin}', env: 'HOOKS' }) } }`,
    files: {
      'send.mjs': `const { status } = await fetch(process.env.HOOKS + '/hooks', { method: 'POST' })
process.exitCode = status === 202 ? 0 : 1`,
    },
  })
  expect((await made.mortar(['run', '--', 'node', 'send.mjs'])).code).toBe(0)
  expect(program.asked).toEqual(['POST /hooks'])
  expect((await made.mortar(['timeline'])).stdout).toMatch(/stripe  POST .*\/hooks → 202/)
})

it('a signature without a secret is refused', async () => {
  const made = project({
    config: `import { webhook } from 'mortar'
export default { boundaries: { stripe: webhook({ path: '/hooks', signature: { scheme: 'stripe' } }) } }`,
  })
  const { code, stderr } = await made.mortar(['map'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('`boundaries.stripe.signature` is not complete')
})

it('a webhook without a path is refused', async () => {
  const made = project({
    config: `import { webhook } from 'mortar'
export default { boundaries: { stripe: webhook({}) } }`,
  })
  const { code, stderr } = await made.mortar(['map'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('MORTAR_CONFIG_INVALID')
  expect(stderr).toContain('path')
})
