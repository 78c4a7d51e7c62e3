import { describe, expect, it } from 'vitest'
import { project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const billing = `export async function charge() {
  for (let attempt = 1; ; attempt++) {
    let answer
    try {
      answer = await fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST', signal: AbortSignal.timeout(6000) })
    } catch (error) {
      if (attempt === 2) throw error
      continue
    }
    const { id } = await answer.json()
    if (!answer.ok) throw new Error('the gateway answered ' + answer.status)
    return id.length
  }
}`

const api = `import { createServer } from 'node:http'
import { charge } from './billing.mjs'
const server = createServer((request, response) => {
  const send = (status) => response.writeHead(status).end()
  if (request.url === '/rates') {
    // Nobody hears of it when this fails.
    fetch(process.env.GATEWAY + '/v1/rates').then((answer) => answer.json()).then(({ currency }) => currency.length)
    setTimeout(send, 100, 200)
  } else charge().then(() => send(201), () => send(502))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

const test = `import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
const start = async () => {
  const server = spawn(process.execPath, ['--import', 'mortar/register', 'api.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(server.stdout, 'data')
  return { base: 'http://127.0.0.1:' + String(port).trim(), stop: () => server.kill() }
}
let shared
beforeAll(async () => void (shared = await start()))
afterAll(() => shared.stop())
test('a card is charged', async () => {
  const { status } = await fetch(shared.base + '/', { method: 'POST' })
  expect(status).toBe(201)
})
test('rates are looked up', async () => {
  const own = await start()
  await fetch(own.base + '/rates').finally(own.stop)
})`

describe.concurrent('a program that attaches itself', () => {
  it('as the command is struck, and what it fails with is told', async ({ onTestFinished: after }) => {
    const gateway = await upstream(
      (request, response) =>
        void request
          .resume()
          .on('end', () => response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"ch_1"}')),
      { after: after as never },
    )
    const made = project({
      after,
      config: `import { http } from 'mortar'
export default { boundaries: { gateway: http({ origin: '${gateway.origin}', env: 'GATEWAY', record: 'live' }) } }`,
      files: {
        'billing.mjs': billing,
        'main.mjs': `process.env.GATEWAY ??= '${gateway.origin}'
const { charge } = await import('./billing.mjs')
await charge()`,
      },
    })
    const { document, verdicts } = await runMatrix(made, '--', 'node', '--import', 'mortar/register', 'main.mjs')
    expect(verdicts('POST /v1/charges')).toMatchObject({
      'reply lost': 'duplicate',
      'reset before': 'handled',
      // It takes the body of an error for JSON.
      '502 page': 'unrelated-error',
      '503': 'degraded',
    })
    const duplicate = document.findings.find(({ verdict }) => verdict === 'duplicate')
    expect(duplicate).toMatchObject({ site: 'billing.mjs:5', boundary: 'gateway' })
    expect(duplicate?.faulted).toHaveLength(2)
    expect(document.findings.find(({ verdict }) => verdict === 'unrelated-error')?.sentence).toContain('SyntaxError')
  })

  it('as a server that a test has started is struck in that test, and its crash is seen', async ({
    onTestFinished: after,
  }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: { 'billing.mjs': billing, 'api.mjs': api, 'api.test.mjs': test },
    })
    const { document, verdicts } = await runMatrix(made)
    expect(document.tests).toMatchObject({ stable: 2, excluded: [] })
    expect(verdicts('POST /v1/charges')).toMatchObject({ 'reply lost': 'duplicate', 'reset before': 'handled' })
    expect(verdicts('GET /v1/rates')).toMatchObject({ '503': 'crash', 'reset before': 'crash' })
    const duplicate = document.findings.find(({ verdict }) => verdict === 'duplicate')
    expect(duplicate).toMatchObject({ site: 'billing.mjs:5', test: { name: 'a card is charged' } })
    expect(document.cells.filter(({ verdict }) => verdict === 'unreachable')).toEqual([])
    const charges = document.contracts.find(({ operation }) => operation === 'POST /v1/charges')
    expect(charges?.fields).toMatchObject([{ pointer: '/id', grade: 'asserted', absent: { needed: true } }])
  })
})
