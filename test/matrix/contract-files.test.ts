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
