import { expect, it } from 'vitest'
import { expiredText, unusedText } from './allow.ts'

const rule = {
  operation: 'POST /v1/track',
  verdict: 'false-success',
  reason: 'may be lost',
  until: '2027-01-31',
} as const

it('a rule is told of with what it allows', () => {
  expect(expiredText(rule)).toBe('a rule has expired on 2027-01-31: POST /v1/track, false-success: may be lost')
  expect(unusedText({ reason: 'x', until: '2027-01-31' })).toBe('this rule allows nothing any more: everything: x')
})
