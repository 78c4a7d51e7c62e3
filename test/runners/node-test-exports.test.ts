import { expect, it } from 'vitest'
import { project } from '../support/project.ts'

it('mortar/node-test stands in for node:test, with suites, hooks and mocks', async () => {
  const made = project({
    config: `export default { boundaries: {} }`,
    installed: true,
    files: {
      'all.test.mjs': `import assert from 'node:assert/strict'
        import { after, afterEach, before, beforeEach, describe, it, mock, suite, test } from 'mortar/node-test'
        import { mortarTest } from 'mortar/node-test'
        const calls = []
        describe('a suite', () => {
          before(() => calls.push('before'))
          beforeEach(() => calls.push('beforeEach'))
          afterEach(() => calls.push('afterEach'))
          after(() => console.log('calls: ' + calls.join(' ')))
          it('has hooks', (context) => {
            calls.push(context.fullName)
            const spy = mock.fn()
            spy()
            assert.equal(spy.mock.callCount(), 1)
            assert.deepEqual(mortarTest.recorded(), [])
          })
        })
        suite('another', () => void test('is a suite too', () => {}))
        test.skip('is skipped', () => {})
        test.todo('is to be written', () => {})`,
    },
  })
  const { code, stdout, stderr } = await made.node(['--test', 'all.test.mjs'])
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toContain('calls: before beforeEach a suite > has hooks afterEach')
  expect(stdout).toMatch(/pass 2$/m)
  expect(stdout).toMatch(/skipped 1$/m)
})
