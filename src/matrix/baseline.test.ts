import { expect, it } from 'vitest'
import { observed, type Script } from '../../test/matrix/cases.ts'
import { isAsUsual, makeBaseline } from './baseline.ts'

const test = { file: 'a.test.ts', name: 'pays' }
const pay: Script = (t) => t.http('POST /v1/charges')
const login: Script = (t) => (t.http('POST /v1/sessions'), pay(t))
const twice: Script = (t) => (pay(t), pay(t))

function stateOf(first: Script, ...later: readonly Script[]): string {
  return makeBaseline(test, [observed(first), ...later.map((one) => observed(one))]).state
}

it('is stable where only the first run does something else as well, and keeps what came of it', () => {
  expect(stateOf(login, pay, pay)).toBe('stable')
  // The second one was the first of another process.
  expect(stateOf(login, login, pay, pay)).toBe('stable')
  expect(makeBaseline(test, [observed(login), observed(pay), observed(pay)]).effects).toHaveLength(1)
})

it('is flaky where that shows only once, or the first run does more of the same, or less', () => {
  expect(stateOf(login, pay)).toBe('flaky')
  expect(stateOf(login, pay, login)).toBe('flaky')
  expect(stateOf(twice, pay, pay)).toBe('flaky')
  expect(stateOf(pay, login, login)).toBe('flaky')
})

it('knows a clean run by any run of its process', () => {
  const baseline = makeBaseline(test, [observed(login), observed(pay), observed(pay)])
  expect([login, pay, twice].map((one) => isAsUsual(baseline, observed(one)))).toEqual([true, true, false])
})
