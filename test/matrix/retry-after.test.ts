import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

const program = `async function ask(path) {
  const response = await fetch(process.env.GATEWAY + path, { signal: AbortSignal.timeout(6000) })
  if (!response.ok) throw new Error('the gateway answered ' + response.status)
  return response.json()
}
export const rates = () => ask('/v1/rates')
export async function fees() {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask('/v1/fees')
    } catch (error) {
      if (attempt === 3) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}`

const tests = `import { test, vi } from 'vitest'
import { fees, rates } from './rates.mjs'
test('rates', async () => { await vi.waitFor(async () => { await rates() }) })
test('fees', async () => { await fees() })`

it('blames a program that asks again too soon, and not for what a test asks it once more', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({ after, boundaries: '', files: { 'rates.mjs': program, 'rates.test.mjs': tests } })
  const { document } = await runMatrix(made, '--fault', '429 retry-after')
  const shown = document.cells.map(({ operation, verdict }) => [operation, verdict])
  expect(Object.fromEntries(shown)).toEqual({ 'GET /v1/rates': 'handled', 'GET /v1/fees': 'retry-storm' })
})
