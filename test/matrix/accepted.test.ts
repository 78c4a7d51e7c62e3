import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

const billing = (path: string): string => `
export async function charge(amount) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(process.env.GATEWAY + '${path}', {
        method: 'POST', body: JSON.stringify({ amount }), signal: AbortSignal.timeout(6000) })
      if (!response.ok) throw new Error('the gateway answered ' + response.status)
      return (await response.json()).id
    } catch (error) {
      if (attempt === 2 || error.name !== 'TypeError') throw error
    }
  }
}`
const test = (name: string): string => `import { expect, test } from 'vitest'
import { charge } from './${name}.mjs'
test('a card is charged by ${name}', async () => { expect(await charge(1000)).toMatch(/^ch_/) })`

it('findings that were accepted are not new, are kept with their reason, and named when they are gone', async ({
  onTestFinished: after,
}) => {
  const first = { 'billing.mjs': billing('/v1/charges'), 'billing.test.mjs': test('billing') }
  const made = matrixProject({ after, boundaries: '', files: first })
  const narrow = ['--fault', 'reply lost']
  const read = () => JSON.parse(made.read('mortar.accepted.json')) as { findings: Record<string, string>[] }

  expect((await runMatrix(made, ...narrow, '--fail-on', 'new')).ran.code).toBe(1)
  const accepted = await runMatrix(made, ...narrow, '--accept')
  expect([accepted.ran.code, accepted.ran.stderr]).toEqual([0, expect.stringContaining('1 new')])
  expect(read()).toMatchObject({
    version: 1,
    findings: [{ boundary: 'gateway', operation: 'POST /v1/charges', verdict: 'duplicate', site: 'billing.mjs' }],
  })
  expect(made.read('mortar.accepted.json')).not.toContain('billing.mjs:')

  // Somebody says why, and moves the code; somebody makes the same mistake elsewhere.
  const [entry] = read().findings
  const reasoned = { version: 1, findings: [{ ...entry, reason: 'agreed with the gateway' }] }
  writeFileSync(join(made.directory, 'mortar.accepted.json'), JSON.stringify(reasoned))
  writeFileSync(join(made.directory, 'billing.mjs'), `// moved\n${first['billing.mjs']}`)
  // What is accepted does not count once there is something accepted.
  const again = await runMatrix(made, ...narrow)
  expect(again.ran.code).toBe(0)
  expect(made.read('.mortar/matrix.html')).toMatch(
    /class="chip none" title="[^"]+"><span aria-hidden="true">2×<.span> duplicate/,
  )
  expect(again.document.findings).toMatchObject([{ accepted: { reason: 'agreed with the gateway' } }])
  writeFileSync(join(made.directory, 'payouts.mjs'), billing('/v1/payouts'))
  writeFileSync(join(made.directory, 'payouts.test.mjs'), test('payouts'))
  const more = await runMatrix(made, ...narrow, '--fail-on', 'new')
  expect(more.ran.code).toBe(1)
  expect(more.document.findings.filter((one) => !one.accepted)).toMatchObject([{ operation: 'POST /v1/payouts' }])

  // What was not tried is not gone, and is not dropped.
  const part = await runMatrix(made, ...narrow, '--test', 'payouts', '--accept')
  expect([part.ran.code, part.document.noLongerFound]).toEqual([0, []])
  expect(read().findings).toMatchObject([{ reason: 'agreed with the gateway' }, { operation: 'POST /v1/payouts' }])

  // All of it, with the first mistake mended.
  const mended = first['billing.mjs'].replace("method: 'POST'", "headers: { 'idempotency-key': 'k' }, $&")
  writeFileSync(join(made.directory, 'billing.mjs'), mended)
  writeFileSync(join(made.directory, 'payouts.mjs'), mended.replace('charges', 'payouts'))
  const gone = await made.mortar(['matrix', '--fail-on', 'new'])
  expect(gone.stdout).toContain('no longer found; `npx mortar matrix --accept` takes out')
  await made.mortar(['matrix', '--accept'])
  expect(read().findings).toEqual([])

  writeFileSync(join(made.directory, 'mortar.accepted.json'), '{ "version": 1, "findings": [{}] }')
  const broken = await made.mortar(['matrix'])
  expect([broken.code, broken.stderr]).toEqual([
    expect.any(Number),
    expect.stringContaining('MORTAR_ACCEPTED_UNREADABLE'),
  ])
})

it('one line that asks all is no licence for what it will ask', async ({ onTestFinished: after }) => {
  const ask = `const ask = (path) => fetch(process.env.GATEWAY + path, { method: 'POST' })`
  const calls = (...paths: readonly string[]): string =>
    [ask, ...paths.map((path, i) => `export const call${i} = async () => (await ask('${path}')).json()`)].join('\n')
  const tests = (...names: readonly string[]): string =>
    [
      `import { expect, test } from 'vitest'`,
      `import * as calls from './calls.mjs'`,
      ...names.map((name) => `test('${name}', async () => { expect(await calls.${name}()).toHaveProperty('id') })`),
    ].join('\n')
  const files = { 'calls.mjs': calls('/v1/charges'), 'calls.test.mjs': tests('call0') }
  const made = matrixProject({ after, boundaries: '', files })
  const narrow = ['--fault', 'no answer']
  const one = await runMatrix(made, ...narrow, '--accept')
  expect(one.document.findings).toMatchObject([{ operations: ['POST /v1/charges'] }])
  expect((await runMatrix(made, ...narrow)).ran.code).toBe(0)
  made.write('calls.mjs', calls('/v1/charges', '/v1/payouts'))
  made.write('calls.test.mjs', tests('call0', 'call1'))
  const two = await runMatrix(made, ...narrow)
  expect(two.ran.code).toBe(1)
  expect(two.document.findings).toMatchObject([{ newAt: ['POST /v1/payouts'] }])
  expect((await runMatrix(made, ...narrow, '--accept')).ran.code).toBe(0)
  expect((await runMatrix(made, ...narrow)).ran.code).toBe(0)

  // Whoever asks for a cell wants to see what it shows, accepted or not.
  const [cell] = two.document.findings[0]!.cells
  const shown = await made.mortar(['matrix', '--cell', cell!])
  expect(shown.stdout).toContain('with the fault:')
  expect(shown.stdout).toContain('A test that fails today:')
})
