import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import type { PactAnswer, PactFile } from '../../src/contracts/pact/pact-types.ts'
import { answering, hasVerifier, useVerifier } from '../contracts/verify-pact.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const verifier = useVerifier()

const files = {
  'src/billing.mjs': `export async function charge() {
  const answer = await fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST' })
  const { id, note } = await answer.json()
  return { id, long: note?.length > 10 }
}`,
  'billing.test.mjs': `import { expect, test } from 'vitest'
import { charge } from './src/billing.mjs'
test('a card is charged', async () => expect((await charge()).id).toMatch(/^ch_/))`,
}

it.skipIf(!hasVerifier)(
  "a matrix writes what was proved as a Pact that Pact's verifier takes, and as JSON Schema",
  async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files })
    const { ran } = await runMatrix(made, '--contracts', 'needs')
    expect(ran.stderr).toContain('what was proved to be needed is in needs')
    const pact = JSON.parse(made.read('needs/gateway.pact.json')) as PactFile
    expect(pact).toMatchObject({ consumer: { name: 'sample' }, provider: { name: 'gateway' } })
    expect(pact.interactions.map(({ description }) => description)).toEqual(['POST /v1/charges answers 201'])
    expect(await verifier.verify(pact, answering({ id: 'ch_x' }, 201))).toBe('')
    expect(await verifier.verify(pact, answering({ note: 'none' }, 201))).toContain('missing the following keys: id')
    const schema = JSON.parse(made.read('needs/gateway.schema.json')) as { readonly $defs: Record<string, unknown> }
    expect(schema.$defs['POST /v1/charges 201']).toMatchObject({ type: 'object', required: ['id'] })
    expect(made.has('.mortar/contracts')).toBe(false)
  },
)

it('what the body that was enough does not have is not required, however it is read', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'users.mjs': `import { createServer } from 'node:http'
import { once } from 'node:events'
const user = { id: 'u1', address: { city: 'Ulm' }, email: 'a@example.com', plan: 'pro', limits: { max: 5 }, home: { zip: '89073' } }
export async function setup() {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(user))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.GATEWAY = 'http://127.0.0.1:' + server.address().port
  return () => { server.closeAllConnections(); server.close() }
}`,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./users.mjs'], testTimeout: 8000 } }`,
      'src/greet.mjs': `export async function greet() {
  const user = await (await fetch(process.env.GATEWAY + '/users/1')).json()
  const from = (user.address && user.address.city) || (user.email && user.plan)
  if (!from) throw new Error('nobody knows where from')
  return { id: user.id, isKnown: true, most: Number(user.limits?.max ?? 10) > 0, zip: user.home.zip }
}`,
      'greet.test.mjs': `import { expect, test } from 'vitest'
import { greet } from './src/greet.mjs'
test('greets', async () => expect(await greet()).toEqual({ id: 'u1', isKnown: true, most: true, zip: '89073' }))`,
    },
  })
  const { document } = await runMatrix(made, '--contracts', 'needs')
  const [proved] = document.contracts
  expect(proved).toMatchObject({
    dispensable: ['/address', '/limits'],
    anyOf: [[['/address/city'], ['/email', '/plan']]],
    sufficient: { held: true },
  })
  const { $defs } = JSON.parse(made.read('needs/gateway.schema.json')) as { readonly $defs: Record<string, object> }
  const validate = new Ajv2020({ strict: false }).compile($defs['GET /users/{id} 200']!)
  const least = { id: 'u2', home: { zip: '1' } }
  expect([validate({ ...least, email: 'b@example.com', plan: 'free' }), validate.errors]).toEqual([true, null])
  expect([validate({ ...least, address: { city: 'Bonn' } }), validate.errors]).toEqual([true, null])
  expect(validate(least)).toBe(false)
  expect(validate({ ...least, email: 'b@example.com' })).toBe(false)
  expect(validate({ id: 'u2', address: { city: 'Bonn' } })).toBe(false)
})

it('a number that is only multiplied must be a number, as a text that is none does not do', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'rates.mjs': `import { createServer } from 'node:http'
import { once } from 'node:events'
export async function setup() {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"rate":1.1}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.GATEWAY = 'http://127.0.0.1:' + server.address().port
  return () => { server.closeAllConnections(); server.close() }
}`,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./rates.mjs'], testTimeout: 8000 } }`,
      'src/total.mjs': `export async function convert(total) {
  const { rate } = await (await fetch(process.env.GATEWAY + '/rate')).json()
  return Math.round(total * rate)
}`,
      'total.test.mjs': `import { expect, test } from 'vitest'
import { convert } from './src/total.mjs'
test('a total is converted', async () => expect(await convert(1000)).toBe(1100))`,
    },
  })
  await runMatrix(made, '--contracts', 'needs')
  const { $defs } = JSON.parse(made.read('needs/gateway.schema.json')) as { readonly $defs: Record<string, unknown> }
  expect($defs['GET /rate 200']).toMatchObject({ properties: { rate: { type: 'number' } }, required: ['rate'] })
  const { interactions } = JSON.parse(made.read('needs/gateway.pact.json')) as PactFile
  expect((interactions[0] as PactAnswer).response.matchingRules?.['body']).toMatchObject({
    '$.rate': { matchers: [{ match: 'number' }] },
  })
})
