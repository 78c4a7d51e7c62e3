import { appendFileSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProgram } from '../../corpus/program.ts'
import { commandLine, stage, testRunner } from '../../corpus/stage.ts'
import * as faults from '../../src/faults.ts'
import { catalogue } from '../../src/matrix/catalogue.ts'
import { faultCode } from '../../src/matrix/suggest/fault-code.ts'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { project, repository } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

/** Programs with one bug each, and the fault that shows it. */
const programs = [
  ['charge-without-key', 'reply lost', 'O1'],
  // What is asked is asked by a server in the process of the test.
  ['refused-for-another-reason', 'another refusal', 'O7'],
] as const

describe('a suggested test', () => {
  it.for(programs)(
    'fails on %s as it is, and passes once it is mended',
    async ([name, fault, oracle], { onTestFinished }) => {
      const program = readProgram(join(repository, 'corpus', name))
      const { directory, node, close } = stage(program, 'buggy')
      onTestFinished(close)
      await node([commandLine, 'matrix', '--baseline', '2', '--fault', fault])
      const { findings } = JSON.parse(readFileSync(join(directory, '.mortar/matrix.json'), 'utf8')) as MatrixDocument
      const finding = findings.find((one) => one.oracle === oracle)
      appendFileSync(join(directory, 'program.test.mjs'), `\n${finding?.suggestedTest ?? ''}`)
      const only = [testRunner, 'run', '-t', 'though']
      const buggy = await node(only)
      expect([buggy.code, buggy.said]).toEqual([1, expect.stringContaining('AssertionError')])
      rmSync(join(directory, 'program'), { recursive: true })
      cpSync(join(program.directory, 'fixed'), join(directory, 'program'), { recursive: true })
      const fixed = await node(only)
      expect([fixed.code, fixed.said]).toEqual([0, expect.stringContaining('1 passed')])
      if (name !== 'charge-without-key') return
      // It tests a failure already, so nothing else is made to fail in it.
      const again = await node([commandLine, 'matrix', '--baseline', '2', '--no-cache'])
      const mended = JSON.parse(readFileSync(join(directory, '.mortar/matrix.json'), 'utf8')) as MatrixDocument
      expect(mended.tests.excluded.map(({ state }) => state)).toEqual(['armed'])
      expect([again.code, mended.findings, mended.isWhole]).toEqual([0, [], true])
    },
  )

  it('is written for mortar/node-test where the tests are', async ({ onTestFinished: after }) => {
    const service = await upstream(
      (request, response) => void request.resume().on('end', () => response.writeHead(201).end('{"id":"ch_1"}')),
      { after },
    )
    const pay = (headers: string): string => `export const pay = async (attempt = 1) => {
  try {
    const response = await fetch('${service.origin}/charges', { method: 'POST', headers: { ${headers} } })
    return (await response.json()).id
  } catch (error) {
    if (attempt === 2) throw error
    return await pay(2)
  }
}`
    const made = project({
      after,
      config: `import { http } from 'mortar'
export default { boundaries: { pay: http({ origin: '${service.origin}', record: 'live' }) } }`,
      files: {
        'pay.mjs': pay(''),
        'pay.test.mjs': `import assert from 'node:assert/strict'
import { test } from 'mortar/node-test'
import { pay } from './pay.mjs'
test("it's paid", async () => assert.equal(await pay(), 'ch_1'))`,
      },
    })
    const run = ['matrix', '--json', '--baseline', '1', '--fault', 'reply lost', '--', 'node', '--test']
    const { stdout } = await made.mortar(run)
    const [finding] = (JSON.parse(stdout) as MatrixDocument).findings
    expect(finding?.suggestedTest).toContain("import { mortarTest } from 'mortar/node-test'")
    made.write('pay.test.mjs', `${made.read('pay.test.mjs')}\n${finding?.suggestedTest}`)
    const buggy = await made.node(['--test'])
    expect([buggy.code, buggy.stdout]).toEqual([1, expect.stringMatching(/pass 1[^]*fail 1[^]*AssertionError/)])
    made.write('pay.mjs', pay("'idempotency-key': 'k'"))
    expect((await made.node(['--test'])).code).toBe(0)
  })

  it('arms what the catalogue arms', () => {
    const aim = { operation: "DELIVER it's", nth: 2 }
    const cell = { ...aim, boundary: 'a', protocol: 'http', family: 'error' } as const
    for (const { name, arm } of catalogue) {
      const code = faultCode({ ...cell, fault: name })
      if (!code) continue
      // oxlint-disable-next-line typescript/no-implied-eval -- It is what a reader would paste.
      const [made, match] = new Function('faults', `const { ${code.imports} } = faults; return [${code.call}]`)(
        faults,
      ) as [{ readonly name: string; readonly match: object }, object?]
      const { name: armed, match: struck } = arm(aim) as { readonly name: string; readonly match: object }
      const clean = (value: object): object => ({ nth: 1, times: 1, ...value })
      expect(made.name, name).toBe(armed)
      expect(clean({ ...made.match, ...match }), name).toMatchObject(clean(struck))
    }
  })
})

it('a fault in a test that replays is replayed around: a retry gets the recording again, and nothing is recorded', async ({
  onTestFinished: after,
}) => {
  let asked = 0
  const service = await upstream(
    (_request, response) => {
      asked++
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"ch_1"}')
    },
    { after },
  )
  const made = project({
    after,
    packages: ['vitest'],
    config: `import { http } from 'mortar'
export default { boundaries: { pay: http({ origin: '${service.origin}' }) } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()] }`,
      'pay.test.mjs': `import { expect, test } from 'vitest'
import { mortarTest } from 'mortar/vitest'
import { httpFaults } from 'mortar/faults'
const ask = async () => (await (await fetch('${service.origin}/charges', { method: 'POST' })).json()).id
test('pays', async () => { expect(await ask()).toBe('ch_1') })
test.runIf(process.env.CASSETTE)('pays again', async () => {
  mortarTest.use(process.env.CASSETTE)
  await mortarTest.boundary('pay').fault(httpFaults.lostReply({ operation: 'POST /charges' }))
  expect(await ask().catch(() => ask())).toBe('ch_1')
  expect(mortarTest.boundary('pay').effects('POST /charges')).toHaveLength(2)
  expect(mortarTest.boundary('pay').effects('POST /refunds')).toEqual([])
})`,
    },
  })
  const run = (env: Record<string, string>) => made.node([testRunner, 'run'], { env })
  expect((await run({ MORTAR_RECORD: 'once' })).code).toBe(0)
  const [cassette, ...others] = Object.keys(made.files('cassettes'))
  expect(others).toEqual([])
  const again = await run({ MORTAR_RECORD: 'once', CASSETTE: cassette!.replace(/^cassettes\/|\.json$/g, '') })
  expect([again.code, again.stdout + again.stderr]).toEqual([0, expect.stringContaining('2 passed')])
  expect(asked).toBe(1)
  expect(Object.keys(made.files('cassettes'))).toEqual([cassette])
})
