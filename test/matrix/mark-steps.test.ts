import { parseAst } from 'vitest/node'
import { expect, it } from 'vitest'
import { markSteps } from '../../src/runners/mark-steps.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const marked = (code: string): string | undefined => markSteps(code, (text) => parseAst(text))

it('marks the end of each await of a test, and of nothing within its functions', async () => {
  const code = marked(`import { test } from 'vitest'
test('a', async () => {
  const order = await place(await customer())
  await eventually(async () => { await look() })
})`)
  expect(code?.split('\n')).toHaveLength(5)
  expect(code).toContain('globalThis.__mortarStep(await place(globalThis.__mortarStep(await customer())))')
  expect(code).toContain('globalThis.__mortarStep(await eventually(async () => { await look() }))')
})

it('knows tests however they are declared', () => {
  for (const call of [
    "test('a',",
    "it.only('a',",
    "test.each([1])('a',",
    "it.for([1])('a',",
    "test('a', { retry: 1 },",
  ]) {
    expect(marked(`${call} async () => { await go() })`)).toContain('__mortarStep(await go())')
  }
})

it('leaves what is no test as it is', () => {
  expect(marked('export async function go() { await test.setup() }')).toBeUndefined()
  expect(marked("test('a', () => { go() })")).toBeUndefined()
})

it('marks what vitest has kept of an earlier run without a matrix', async () => {
  const made = matrixProject({
    boundaries: '',
    files: {
      'src/rates.mjs': "export const rates = async () => (await fetch(process.env.GATEWAY + '/v1/rates')).json()",
      'rates.test.mjs': `import { expect, test } from 'vitest'
import { rates } from './src/rates.mjs'
test('rates are read', async () => { expect(await rates()).toEqual({ currency: 'eur' }) })`,
    },
  })
  expect((await made.mortar(['check'])).code).toBe(0)
  await runMatrix(made, '--fault', '503')
  const told = Object.entries(made.files('.mortar/matrix')).filter(([path]) => path.endsWith('.ndjson'))
  expect(told.map(([, lines]) => lines).join('')).toMatch(/"steps":\[\d/)
})
