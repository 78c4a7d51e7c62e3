import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

it('what a program asks once and keeps is named, as nothing strikes it', async ({ onTestFinished: after }) => {
  const program = (cached: string): string => `let rates
const ask = async (path, init) => (await fetch(process.env.GATEWAY + path, init)).json()
export async function pay() {
  ${cached} ask('/v1/rates')
  return ask('/v1/charges', { method: 'POST', headers: { 'idempotency-key': (await rates).currency } })
}`
  const files = {
    'pay.mjs': program('rates ??='),
    'pay.test.mjs': `import { expect, test } from 'vitest'
import { pay } from './pay.mjs'
test('pays', async () => { expect(await pay()).toHaveProperty('id') })`,
  }
  const made = matrixProject({ after, boundaries: '', files })
  const kept = await runMatrix(made, '--fault', '503')
  const test = { file: 'pay.test.mjs', name: 'pays' }
  expect(kept.document.askedOnce).toEqual([{ test, boundary: 'gateway', operation: 'GET /v1/rates' }])
  const { stdout } = await made.mortar(['matrix', '--fault', '503'])
  expect(stdout).toContain('Not struck: `GET /v1/rates` at `gateway`, asked once in a process')
  made.write('pay.mjs', program('rates ='))
  const asked = await runMatrix(made, '--fault', '503')
  expect(asked.document.askedOnce).toBeUndefined()
  expect(asked.document.cells.map(({ operation }) => operation)).toContain('GET /v1/rates')
})

it('a test is judged whose program logs in once, and keeps that', async ({ onTestFinished: after }) => {
  const files = {
    'pay.mjs': `let login
const ask = async (path, init) => (await fetch(process.env.GATEWAY + path, { method: 'POST', ...init })).json()
export async function pay() {
  login ??= ask('/v1/sessions').catch((error) => {
    login = undefined
    throw error
  })
  await login
  return ask('/v1/charges', { headers: { 'idempotency-key': 'k' } })
}`,
    'pay.test.mjs': `import { expect, test } from 'vitest'
import { pay } from './pay.mjs'
test('pays', async () => { expect(await pay()).toHaveProperty('id') })`,
  }
  const made = matrixProject({ after, boundaries: '', files })
  const isJudged = async (): Promise<void> => {
    const { document } = await runMatrix(made, '--baseline', '3', '--fault', '503')
    const test = { file: 'pay.test.mjs', name: 'pays' }
    expect(document.tests).toMatchObject({ stable: 1, excluded: [] })
    expect(document.askedOnce).toEqual([{ test, boundary: 'gateway', operation: 'POST /v1/sessions' }])
    const verdicts = document.cells.map(({ operation, verdict }) => [operation, verdict])
    expect(verdicts).toEqual([['POST /v1/charges', 'degraded']])
  }
  await isJudged()
  made.write('pay.mjs', files['pay.mjs'].replace('await login', 'if (login) await login'))
  await isJudged()
})
