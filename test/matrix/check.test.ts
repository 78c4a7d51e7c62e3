import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import type { Summary } from '../../src/run/summary/types.ts'
import { type Project, repository } from '../support/project.ts'
import { matrixProject } from './matrix-project.ts'

const billing = `
export async function charge(amount, attempt = 1) {
  const asked = fetch(process.env.GATEWAY + '/v1/charges', {
    method: 'POST', body: JSON.stringify({ amount }), signal: AbortSignal.timeout(6000) })
  const response = await asked.catch((error) => attempt === 1 ? undefined : Promise.reject(error))
  if (response === undefined) return charge(amount, 2)
  if (!response.ok) throw new Error('the gateway answered ' + response.status)
  const { id } = await response.json()
  if (typeof id !== 'string') throw new Error('the gateway gave no id')
  return id
}`
const test = `import { expect, test } from 'vitest'
import { charge } from './billing.mjs'
test('a card is charged', async () => { expect(await charge(1000)).toMatch(/^ch_/) })`

async function check(made: Project, ...args: readonly string[]): Promise<{ code: number | null; summary: Summary }> {
  const { code, stdout, stderr } = await made.mortar(['check', '--json', ...args])
  if (!stdout.startsWith('{"version"')) throw new Error(stdout + stderr)
  return { code, summary: JSON.parse(stdout) as Summary }
}

it('check runs the matrix for as long as the config says, and tells of what it finds among its own findings', async ({
  onTestFinished: after,
}) => {
  const files = { 'billing.mjs': billing, 'billing.test.mjs': test }
  const made = matrixProject({ after, boundaries: '', config: `matrix: { budget: '60s' },`, files })

  const first = await check(made)
  expect(first.code).toBe(1)
  expect(first.summary.verdict.reasons).toEqual(['1 finding of the failure matrix'])
  const [finding] = first.summary.findings
  expect(finding).toMatchObject({ severity: 'error', code: 'duplicate', boundary: 'gateway', testCount: 1 })
  expect(finding?.title).toContain('took place twice instead of once')
  expect(finding?.command).toBe(`npx mortar matrix --cell ${finding?.cell}`)
  expect(first.summary.matrix).toMatchObject({ state: 'finished', findings: 1, accepted: 0, page: 'matrix.html' })
  const report = made.read('.mortar/report.html')
  expect(report).toContain(`"cell":"${finding?.cell}"`)
  // Beside the report of the run, so that its links lead there.
  const kept = Object.keys(made.files('.mortar/runs')).map((file) => basename(file))
  expect(kept).toEqual(expect.arrayContaining(['matrix.html', 'report.html']))

  // What the team lives with does not fail its checks.
  const { findings } = JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
  const accepted = findings.map(({ key, boundary, operation, fault, verdict, sentence }) => {
    return { key, boundary, operation, fault, verdict, sentence }
  })
  writeFileSync(join(made.directory, 'mortar.accepted.json'), JSON.stringify({ version: 1, findings: accepted }))
  const second = await made.mortar(['check'])
  expect(second.stdout).toMatch(/^✓ PASSED/m)
  expect(second.stdout).toMatch(/^Matrix +\d+ cells; 1 finding, 1 of them accepted; resilience \d+ of \d+/m)
  expect(second.stdout).toMatch(/^Matrix +\.mortar\/matrix\.html$/m)
  expect(second.code).toBe(0)

  writeFileSync(join(made.directory, 'mortar.accepted.json'), '{')
  const third = await check(made)
  expect(third.summary.verdict.reasons).toEqual(['the failure matrix could not be run'])
  expect(third.summary.findings.map(({ code }) => code)).toEqual(['MORTAR_ACCEPTED_UNREADABLE'])

  expect(await check(made, '--no-matrix')).toMatchObject({ code: 0, summary: { findings: [], matrix: null } })
  writeFileSync(join(made.directory, 'billing.mjs'), billing.replace('return id', `return 'none'`))
  expect(await check(made)).toMatchObject({ code: 1, summary: { totals: { tests: { failed: 1 } }, matrix: null } })
})

it('Ctrl-C in the matrix of a check leaves the report of the tests, with what the matrix has shown by then', async ({
  onTestFinished: after,
}) => {
  const files = { 'billing.mjs': billing, 'billing.test.mjs': test }
  const made = matrixProject({ after, boundaries: '', files })
  const running = made.start('node', [`${repository}/dist/cli/main.js`, 'check', '--matrix', '60s', '--json'])
  await running.said('running every test')
  running.kill('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  const summary = JSON.parse(stdout) as Summary
  expect(summary).toMatchObject({ totals: { tests: { passed: 1 } }, matrix: { state: 'interrupted' }, findings: [] })
  expect(made.read('.mortar/report.html')).toContain('"state":"interrupted"')
  expect(made.read('.mortar/matrix.html')).toContain('data-state="interrupted"')
})
