import { describe, expect, it } from 'vitest'
import { upstream } from '../support/upstream.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const rates = `export async function currency() {
  return (await (await fetch(process.env.GATEWAY + '/v1/rates')).json()).currency
}`
const test = (expected: string): string => `import { expect, test } from 'vitest'
import { currency } from './rates.mjs'
test('a rate is known', async () => { expect(await currency()).toBe('${expected}') })`

describe.concurrent('a suite of which nothing can be judged', () => {
  it('is told of a plugin that is missing, before anything is run again', async ({ onTestFinished: after }) => {
    const config = `export default { test: { globalSetup: ['./gateway.mjs'] } }`
    const files = { 'vitest.config.mjs': config, 'rates.mjs': rates, 'rates.test.mjs': test('eur') }
    const made = matrixProject({ after, boundaries: '', files })
    const { code, stderr } = await made.mortar(['matrix'])
    expect(code).toBe(3)
    expect(stderr).toContain("vitest runs without the plugin: add `plugins: [mortar()]` from 'mortar/vitest'")
    expect(stderr).not.toContain('every cell is a process')
  })

  it('leaves no cassette behind that no test will have', async ({ onTestFinished: after }) => {
    const { origin } = await upstream((_, response) => void response.end('{"currency":"eur"}'), { after })
    const made = matrixProject({
      after,
      boundaries: `rates: http({ origin: '${origin}', env: 'RATES' })`,
      files: {
        'vitest.config.mjs': 'export default {}',
        'rates.mjs': rates.replace('GATEWAY', 'RATES'),
        'rates.test.mjs': test('eur'),
      },
    })
    const { stderr } = await made.mortar(['matrix'])
    expect(stderr).toContain('vitest runs without the plugin')
    expect(stderr).toMatch(/Tests {2}1 passed/)
    expect(made.has('cassettes')).toBe(false)
    // Of a command that has no tests it is what answers from then on.
    await made.mortar(['matrix', '--fault', '503', '--', 'node', '-e', "await fetch(process.env.RATES + '/v1/rates')"])
    expect(made.has('cassettes/run.json')).toBe(true)
  })

  it('is told of a command that is not there, before anything is run again', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: {} })
    for (const command of [
      ['vitset', 'run'],
      ['nosuchprogram', '--all'],
    ]) {
      const { code, stderr } = await made.mortar(['matrix', '--', ...command])
      expect(code).toBe(3)
      expect(stderr).toContain('MORTAR_MATRIX_NO_TESTS  the test command ended with 127: no such program')
      expect(stderr).toContain(`\`${command.join(' ')}\``)
      expect(stderr).not.toContain('every cell is a process')
    }
  })

  it('is told that there are no tests, with what vitest printed', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: {} })
    const { code, stderr } = await made.mortar(['matrix'])
    expect(code).toBe(3)
    expect(stderr).toContain('MORTAR_MATRIX_NO_TESTS  vitest found no tests')
    expect(stderr).toContain('No test files found')
  })

  it('is told which file cannot be loaded, alone and beside others', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: { 'broken.test.mjs': 'const = 1' } })
    const { code, stderr } = await made.mortar(['matrix'])
    expect(code).toBe(3)
    expect(stderr).toContain('no file of tests can be loaded')
    expect(stderr).toMatch(/seen: broken\.test\.mjs: \S.* \(broken\.test\.mjs:1:\d+\)\n/)

    made.write('rates.mjs', rates)
    made.write('rates.test.mjs', test('eur'))
    const { document } = await runMatrix(made, '--fault', '503')
    expect(document.cells).toHaveLength(1)
    expect(document.tests.excluded).toMatchObject([{ test: { file: 'broken.test.mjs' }, state: 'failing' }])
    expect(document.isWhole).toBe(false)
  })

  it('is told that all tests fail, and that no test has the name that was typed', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: { 'rates.mjs': rates, 'rates.test.mjs': test('usd') } })
    const { stdout } = await made.mortar(['matrix', '--baseline', '2'])
    expect(stdout.trim().split('\n')[0]).toBe('Nothing was tried: every test fails by itself, without a fault')
    expect(stdout).toContain('Not judged, failing: a rate is known: ')
    const typed = await made.mortar(['matrix', '--baseline', '2', '--test', 'a rate is knwon'])
    expect(typed.code).toBe(2)
    expect(typed.stderr).toContain("no test's name contains `a rate is knwon`")
    expect(typed.stderr).toContain('Did you mean `a rate is known`?')
  })

  it('is told that the test that was picked fails by itself', async ({ onTestFinished: after }) => {
    const tests = `${test('eur')}\ntest('a rate is wrong', async () => { expect(await currency()).toBe('usd') })`
    const made = matrixProject({ after, boundaries: '', files: { 'rates.mjs': rates, 'rates.test.mjs': tests } })
    const { code, stdout } = await made.mortar(['matrix', '--baseline', '2', '--test', 'a rate is wrong'])
    expect(code).toBe(1)
    const [first, second] = stdout.trim().split('\n')
    expect(first).toBe('Nothing was tried, as what `--test` picks is not judged:')
    expect(second).toMatch(/^a rate is wrong fails by itself, without a fault: expected 'eur' to be 'usd'/)
  })

  it('is told what to import, where tests of node:test tell of nothing', async ({ onTestFinished: after }) => {
    const silent = `import { test } from 'node:test'\ntest('a rate is known', () => {})`
    const made = matrixProject({ after, boundaries: '', files: { 'silent.test.mjs': silent } })
    const { code, stderr } = await made.mortar(['matrix', '--', 'node', '--test', 'silent.test.mjs'])
    expect(code).toBe(3)
    expect(stderr).toContain('nothing that the test command did crossed a boundary')
    expect(stderr).toContain("import `test` from 'mortar/node-test' in place of 'node:test'")
  })
})
