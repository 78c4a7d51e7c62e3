import { expect, it } from 'vitest'
import { project } from '../support/project.ts'

it('a hook that never ends fails as vitest has it, and the run goes on to its end', async () => {
  const made = project({
    config: `export default { boundaries: {} }`,
    packages: ['vitest'],
    files: {
      // Our own hooks have no more time than this either.
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { hookTimeout: 2000 } }`,
      'hooks.test.mjs': `import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest'
const never = () => new Promise(() => {})
describe('each', () => { beforeEach(never); test('a', () => {}) })
describe('before', () => { beforeAll(never, 50); test('b', () => {}) })
describe('after', () => { afterAll(never, 60); test('c', () => {}) })
test('goes on', () => {})`,
    },
  })
  const { code, stdout, stderr } = await made.start('vitest', ['run']).ended
  const printed = stdout + stderr
  expect(code, printed).toBe(1)
  for (const ms of [2000, 50, 60]) expect(printed).toContain(`Hook timed out in ${ms}ms.`)
  expect(printed).toMatch(/Tests +1 failed \| 2 passed \| 1 skipped \(4\)/)
})
