import { describe, expect, it } from 'vitest'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { runMatrix } from './matrix-project.ts'

const billing = (key: string): string => `
export async function charge(amount) {
  const key = crypto.randomUUID()
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(process.env.GATEWAY + '/v1/charges', {
        method: 'POST', body: JSON.stringify({ amount }), headers: { ${key} }, signal: AbortSignal.timeout(1800) })
      if (!response.ok) throw new Error('the gateway answered ' + response.status)
      const { id } = await response.json()
      if (typeof id !== 'string') throw new Error('the gateway gave no id')
      return id
    } catch (error) {
      if (attempt === 3 || error.message.startsWith('the gateway')) throw error
    }
  }
}
export function lookLater() {
  fetch(process.env.GATEWAY + '/v1/later').then((response) => response.json()).then(({ id }) => id.length)
}`

const tests = `import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'mortar/node-test'
import { charge, lookLater } from './billing.mjs'
let fresh = 0
let used = 0
describe('billing', { concurrency: true }, () => {
  beforeEach(() => void fresh++)
  test('a card is charged', { timeout: 10_000 }, async () => {
    assert.match(await charge(1000), /^ch_/)
    assert.ok(++used <= fresh, 'each run has what beforeEach makes')
  })
  test('a charge is looked at later', async () => {
    lookLater()
    await new Promise((resolve) => setTimeout(resolve, 50))
  })
})
test('with subtests', async (context) => {
  await context.test('one of them', async () => assert.match(await charge(1), /^ch_/))
})
test.skip('is not run', () => charge(1))
test.todo('is not done', () => assert.fail())`

/** A gateway that answers, and a program each part of which goes wrong in its own way when it does not. */
async function perils(after: (close: () => void) => void, tests: string): Promise<Project> {
  const gateway = await upstream((_, response) => void response.end('{}'), { after: after as never })
  return project({
    after,
    config: `import { http } from 'mortar'
process.env.GATEWAY ??= '${gateway.origin}'
export default { boundaries: { gateway: http({ origin: '${gateway.origin}', env: 'GATEWAY', record: 'live' }) } }`,
    files: {
      'perils.mjs': `let failed = false
const ask = (path) => fetch(process.env.GATEWAY + path, { signal: AbortSignal.timeout(5000) })
export const asks = () => ask('/asks')
export async function spins() { try { await ask('/spins') } catch { for (;;); } }
export async function hangs() { try { await ask('/hangs') } catch { await new Promise(() => {}) } }
export async function givesUp() {
  if (failed) throw new Error('it has given up')
  await ask('/gives-up').catch((error) => { failed = true; throw error })
}`,
      'unrelated.mjs': '',
      'perils.test.mjs': `import { test } from 'mortar/node-test'
import { asks, givesUp, hangs, spins } from './perils.mjs'
${tests}
test('asks', () => asks())`,
    },
  })
}

async function shop(key: string, after: (close: () => void) => void): Promise<Project> {
  let charges = 0
  const gateway = await upstream(
    (request, response) =>
      void request
        .resume()
        .on('end', () =>
          response
            .writeHead(201, { 'content-type': 'application/json' })
            .end(JSON.stringify({ id: `ch_${++charges}` })),
        ),
    { after: after as never },
  )
  return project({
    after,
    config: `import { http } from 'mortar'
process.env.GATEWAY ??= '${gateway.origin}'
export default { boundaries: { gateway: http({ origin: '${gateway.origin}', env: 'GATEWAY', record: 'live' }) } }`,
    files: { 'billing.mjs': billing(key), 'billing.test.mjs': tests },
  })
}

const command = ['--', 'node', '--test', 'billing.test.mjs']
const perilous = ['--fault', 'reset before', '--', 'node', '--test', 'perils.test.mjs']

describe.concurrent('tests of mortar/node-test', () => {
  it('run again within their process, each with its hooks, and are judged by what they throw', async ({
    onTestFinished: after,
  }) => {
    const made = await shop('', after)
    const { ran, document, verdicts } = await runMatrix(made, ...command)
    expect(document.tests).toMatchObject({ stable: 3, excluded: [] })
    expect(verdicts('POST /v1/charges')).toMatchObject({
      'reply lost': 'duplicate',
      'reset before': 'handled',
      '503': 'degraded',
      'truncated body': 'duplicate',
    })
    expect(verdicts('GET /v1/later')).toMatchObject({ '503': 'crash' })
    const duplicate = document.findings.find(({ verdict }) => verdict === 'duplicate')
    expect(duplicate).toMatchObject({ site: 'billing.mjs:6', test: { file: 'billing.test.mjs' } })
    expect(document.cells.map(({ test }) => test.name)).toContain('billing > a card is charged')
    expect(document.cells.map(({ test }) => test.name)).toContain('with subtests')
    const needs = document.contracts.map(({ operation, fields }) => [
      operation,
      ...fields.flatMap(({ pointer, readBy, grade }) => (grade === 'asserted' ? [`${pointer} by ${readBy}`] : [])),
    ])
    expect(needs).toContainEqual(['POST /v1/charges', '/id by program'])
    expect(ran.code).toBe(1)
  })

  it('of a program that does it right are found nothing wrong with', async ({ onTestFinished: after }) => {
    const made = await shop("'idempotency-key': key", after)
    const { document } = await runMatrix(made, '--test', 'a card is charged', '--boundary', 'gateway', ...command)
    expect(document.findings.filter(({ operation }) => operation === 'POST /v1/charges')).toEqual([])
    expect(document.resilience.of).toBeGreaterThan(6)
  })

  it('that never end or do not recover are told of, and what is known is kept', async ({ onTestFinished: after }) => {
    const tests = `test('hangs', () => hangs())
test('gives up', () => givesUp())
test('never ends', { timeout: 200 }, async () => { await asks(); await new Promise(() => {}) })`
    const made = await perils(after, tests)
    const { document } = await runMatrix(made, ...perilous)
    expect(document.cells.map(({ test, verdict }) => `${test.name}: ${verdict}`).toSorted()).toEqual([
      'asks: degraded',
      'gives up: poisoned',
      'hangs: hang',
    ])
    expect(document.leftOut).toEqual([])
    expect(document.tests.excluded).toMatchObject([
      { test: { name: 'never ends' }, state: 'failing', why: expect.stringContaining('did not end in time') },
    ])

    const cachedAfter = async (path: string): Promise<readonly (boolean | undefined)[]> => {
      made.write(path, `${made.read(path)}\n`)
      return (await runMatrix(made, '--test', 'asks', ...perilous)).document.cells.map(({ cached }) => cached)
    }
    expect(await cachedAfter('unrelated.mjs')).toEqual([true])
    expect(await cachedAfter('perils.mjs')).toEqual([undefined])
  })

  it('that let nothing else get its turn are ended, and others are run all the same', async ({
    onTestFinished: after,
  }) => {
    const made = await perils(after, "test('spins', () => spins())")
    const { document } = await runMatrix(made, ...perilous)
    expect(document.cells.map(({ test, verdict }) => `${test.name}: ${verdict}`).toSorted()).toEqual([
      'asks: degraded',
      'spins: hang',
    ])
  })
})
