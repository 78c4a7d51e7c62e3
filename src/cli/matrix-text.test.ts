import { expect, it } from 'vitest'
import type { FindingDocument, MatrixDocument } from '../run/matrix/document.ts'
import { printMatrix } from './matrix-text.ts'

const test = { file: 'a.test.ts', name: 'pays' }
const share = { good: 0, of: 0 }
const finding = {
  sentence: 'paid twice',
  verdict: 'duplicate',
  oracle: 'O1',
  test,
  expected: 'pay once',
  cells: ['1'],
  reproduce: 'mortar matrix --cell 1 -- pytest',
  suggestedTest: '',
  clean: [],
  faulted: [],
} as unknown as FindingDocument
const document = {
  findings: [finding],
  cells: [],
  leftOut: [{}],
  tests: { stable: 1, excluded: [] },
  unconfirmed: 0,
  noLongerFound: [],
  weaknesses: [],
  contracts: [],
  resilience: share,
  vigilance: share,
  durationMs: 1,
  expiredRules: [{ operation: 'POST /track', verdict: 'duplicate', reason: 'known', until: '2027-01-31' }],
  unusedRules: [{ fault: 'reply lost', reason: 'known', until: '2027-01-31' }],
} as unknown as MatrixDocument
const how = { color: false, columns: 100, report: undefined }

it('says how to accept what is found with the command that was typed', () => {
  const printed = printMatrix(document, { ...how, command: ['pytest', '-k', 'a b'] })
  expect(printed).toContain("mortar matrix --accept -- pytest -k 'a b'\n")
})

it('says of rules that hold no longer, and that nothing needs, what they allow', () => {
  const printed = printMatrix(document, how)
  expect(printed).toContain('A rule has expired on 2027-01-31: POST /track, duplicate: known\n')
  expect(printed).toContain('This rule allows nothing any more: reply lost: known\n')
})

it('tells what a run has accepted from what was accepted before', () => {
  const accepted = { ...document, findings: [{ ...finding, accepted: {} }] }
  expect(printMatrix(accepted, { ...how, accepts: true })).toContain('\nAccepted: 1 finding\n')
  expect(printMatrix(accepted, how)).toContain('\nAccepted before: 1 finding\n')
})
