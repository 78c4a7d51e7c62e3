import { describe, expect, it } from 'vitest'
import type { CellDocument } from '../../src/run/matrix/document.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const faults: readonly string[] = ['200 html', 'truncated body', 'empty 204']

/** @param then - What is done with an answer that says that all is well. */
const billing = (then: string): string => `export async function charge(amount) {
  const answer = await fetch(process.env.GATEWAY + '/v1/charges', {
    method: 'POST', headers: { 'idempotency-key': 'k' + amount }, body: JSON.stringify({ amount }),
    signal: AbortSignal.timeout(6000) })
  if (!answer.ok) throw new Error('the gateway answered ' + answer.status)
  ${then}
}`

const test = `import { expect, test } from 'vitest'
import { charge } from './src/billing.mjs'
test('a card is charged', async () => { await expect(charge(1000)).resolves.toBeUndefined() })`

const files = (then: string): Record<string, string> => ({ 'src/billing.mjs': billing(then), 'billing.test.mjs': test })
const ofBodies = (cells: readonly CellDocument[]): readonly CellDocument[] =>
  cells.filter(({ fault }) => faults.includes(fault))

describe.concurrent('an answer with a wrong body', () => {
  it('is not judged where the program reads none', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: files('') })
    const { ran, document } = await runMatrix(made)
    const what = 'the program does not read the body of this answer'
    expect(ofBodies(document.cells)).toMatchObject(faults.map(() => ({ verdict: 'not-applicable', oracle: '', what })))
    expect(document).toMatchObject({ findings: [], vigilance: { good: 0, of: 0 } })
    expect(ran.code).toBe(0)
    const again = await runMatrix(made)
    expect(ofBodies(again.document.cells)).toMatchObject(faults.map(() => ({ what, cached: true })))
  })

  it('goes unnoticed where the program reads it and makes nothing of it', async ({ onTestFinished: after }) => {
    const made = matrixProject({ after, boundaries: '', files: files('await answer.json().catch(() => ({}))') })
    const { ran, document } = await runMatrix(made)
    expect(ofBodies(document.cells)).toMatchObject(faults.map(() => ({ verdict: 'unnoticed', oracle: 'O9' })))
    expect(document.vigilance).toEqual({ good: 0, of: faults.length })
    expect(ran.code).toBe(1)
  })

  it('is judged as ever where nobody can tell what is read of it', async ({ onTestFinished: after }) => {
    const source = `import { request } from 'node:http'
import { once } from 'node:events'
export async function charge(amount) {
  const asked = request(process.env.GATEWAY + '/v1/charges', { method: 'POST', headers: { 'idempotency-key': 'k' } })
  asked.end(JSON.stringify({ amount }))
  const [answer] = await once(asked, 'response', { signal: AbortSignal.timeout(6000) })
  answer.resume().on('error', () => {})
  if (answer.statusCode > 299) throw new Error('the gateway answered ' + answer.statusCode)
}`
    const made = matrixProject({ after, boundaries: '', files: { ...files(''), 'src/billing.mjs': source } })
    const { verdicts } = await runMatrix(made, '--fault', 'truncated body')
    expect(verdicts('POST /v1/charges')).toEqual({ 'truncated body': 'unnoticed' })
  })
})
