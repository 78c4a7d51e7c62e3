import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** What `audit` leaves undone fails behind its test, two runs later. */
const program = `const ask = (path) => fetch(process.env.GATEWAY + path, { signal: AbortSignal.timeout(6000) })
async function write() {
  const { ok } = await ask('/v1/audit')
  if (ok) return
  void Promise.reject(new Error('the audit was refused'))
  await new Promise((done) => setTimeout(done, 3500))
  throw new Error('the audit was not written')
}
export const audit = () => void write()
export const rates = () => ask('/v1/rates').then(({ ok }) => (ok ? 'today' : 'yesterday'))
`

const tests = `import { expect, test } from 'vitest'
import { audit, rates } from './audit.mjs'
const pass = (ms) => new Promise((done) => setTimeout(done, ms))
test('audits', async () => { audit(); await pass(1000) })
test('rates', async () => { expect(await rates()).toMatch('day'); await pass(1000) })`

it('what one cell left behind and fails while another runs is not held against that one', async () => {
  const made = matrixProject({
    boundaries: '',
    files: {
      'audit.mjs': program,
      'audit.test.mjs': tests,
      // Both tests in one process, one after the other.
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs'], maxWorkers: 1 } }`,
    },
  })
  const { document } = await runMatrix(made, '--fault', '503')
  const verdicts = document.cells.map(({ test, verdict }) => `${test.name}: ${verdict}`)
  expect(verdicts.toSorted()).toEqual(['audits: crash', 'rates: handled'])
  expect(document.findings.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining('nobody caught Error: the audit was refused'),
  ])
})
