import { expect, it } from 'vitest'
import { notRecorded } from '../matrix/judgement.ts'
import type { CellDocument, FindingDocument, MatrixDocument } from '../run/matrix/document.ts'
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
  reproduce: 'npx mortar matrix --cell 1 -- pytest',
  suggestedTest: '',
  clean: [],
  faulted: [],
} as unknown as FindingDocument
const document = {
  findings: [finding],
  cells: [],
  leftOut: [{ test }],
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
  expect(printed).toContain("npx mortar matrix --accept -- pytest -k 'a b'\n")
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

it('counts what did not show again in the words that fit', () => {
  const counting = (unconfirmed: number): string => printMatrix({ ...document, unconfirmed }, how)
  expect(counting(1)).toContain('\n1 bad verdict did not show again, and is not counted\n')
  expect(counting(2)).toContain('\nLeft out: 1 cell was not run\n')
  expect(counting(2)).toContain('\n2 bad verdicts did not show again, and are not counted\n')
})

it('says why a test is not judged in as many lines as that takes', () => {
  const why =
    'none of its tests ran: [PARSE_ERROR] Expected a semicolon or an implicit semicolon after a statement, but found none (src/rates.ts:3:30)'
  const excluded = [
    { test: { file: 'b.test.ts', name: 'b.test.ts' }, state: 'failing' as const, why },
    { test, state: 'failing' as const, why: 'expected\n'.repeat(400) },
  ]
  const said = (columns: number): string =>
    printMatrix({ ...document, tests: { stable: 1, excluded } }, { ...how, columns })
  expect(said(60).replaceAll('\n  ', ' ')).toContain(`Not judged, failing: b.test.ts: ${why}\n`)
  expect(
    Math.max(
      ...said(60)
        .match(/Not judged[^]+?…/)![0]
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThan(61)
  expect(said(60)).toMatch(/Not judged, failing: pays: (?:expected\s+){20,40}(?:e\w*)?…\n/)
})

it('names the tests whose cells were not run, and why where it was not for time', () => {
  const finished = { ...document, state: 'finished' as const }
  const odd = printMatrix(finished, how)
  expect(odd).toContain(
    '\nLeft out: 1 cell was not run, as the tests did not go well by themselves any more behind others\n',
  )
  expect(odd).toContain('\n  1 of "pays"\n')
  expect(printMatrix(finished, { ...how, hasBudget: true })).toContain(
    '\nLeft out: 1 cell was not run\n  1 of "pays"\n',
  )
})

it('names the tests whose pairs of faults were not run, and why', () => {
  const pairs = (why: string, count: number) => Array.from({ length: count }, () => ({ test, why }))
  const leftOutPairs = [...pairs('enough in all', 2), ...pairs('enough at its exchange', 1)]
  const printed = printMatrix({ ...document, leftOutPairs } as unknown as MatrixDocument, how)
  expect(printed).toContain(
    '\nLeft out: 2 pairs of faults were not run, as no more than 60 are tried\n  2 of "pays"\n' +
      'Left out: 1 pair of faults was not run, as no more than 3 are tried at one exchange\n  1 of "pays"\n',
  )
})

it('says where nothing was tried of which a share could be told', () => {
  const printed = printMatrix({ ...document, vigilance: { good: 1, of: 4 } }, how)
  expect(printed).toContain('\nResilience nothing to say: no error was tried that could be judged\n')
  expect(printed).toContain('\nVigilance  1 of 4 (25 %) times that data was wrong, a test has noticed\n')
})

it('says that it was interrupted, and does not blame the time', () => {
  const interrupted = { ...document, findings: [], state: 'interrupted' as const }
  const printed = printMatrix(interrupted, how)
  expect(printed).toMatch(/^Nothing was tried, as it was interrupted\n/)
  expect(printed).toContain('\ninterrupted after ')
  expect(printMatrix({ ...interrupted, leftOut: [] }, how)).toContain('Nothing was tried: it was interrupted')
  const cells = [{ test, verdict: 'handled', evidence: [] } as unknown as CellDocument]
  expect(printMatrix({ ...interrupted, cells }, how)).toMatch(/^Nothing bad was found so far in 1 cell /)
  expect(printMatrix({ ...document, state: 'interrupted', cells }, how)).toMatch(/^1 finding so far in 1 cell /)
})

it('says of cells that asked what is not recorded what that was, and counts them nowhere as good', () => {
  const test = { file: 'pay.test.ts', name: 'pays' }
  const at = { test, boundary: 'gateway', operation: 'POST /v1/charges', evidence: [] }
  const asked = { ...at, verdict: 'not-applicable', what: notRecorded, evidence: ['GET /v1/charges at gateway'] }
  const made = (...list: object[]): MatrixDocument => {
    const cells = list.map((cell, i) => ({ ...cell, fault: `fault ${i}` }) as unknown as CellDocument)
    return { ...document, findings: [], leftOut: [], cells }
  }
  const bad = { ...at, verdict: 'duplicate' }
  const fine = { ...at, verdict: 'handled' }
  const wide = { ...how, columns: 300 }
  const printed = printMatrix(made(bad, fine, asked, asked), wide)
  expect(printed).toContain('  no harm under 1 other fault\n')
  expect(printed).toContain(
    `\n2 cells could not be judged, as ${notRecorded} (GET /v1/charges at gateway); record it: a test that asks it, or mortarTest.use(…)\n`,
  )
  const alone = printMatrix(made({ ...asked, evidence: [] }), wide)
  expect(alone).toMatch(
    /^Nothing could be judged, as something was asked that is not recorded, in 1 cell over 1 test\n/,
  )
  expect(alone).toContain('that is not recorded; record it')
  expect(alone).not.toContain('Nothing bad')
  const of = (file: string): string => printMatrix(made({ ...asked, test: { file, name: 'pays' } }), wide)
  expect(of('test_pay.py')).toContain('record it: `MORTAR_RECORD=new mortar run`, with a test that asks it\n')
  expect(of('')).toContain('record it: `MORTAR_RECORD=new mortar run -- COMMAND`, with any command that asks it; or')
  expect(printMatrix(made(fine, asked), wide)).toContain('Nothing bad at 1 operation: 1 handled\n')
  const other = { ...fine, operation: 'GET /v1/rates' }
  expect(printMatrix(made(bad, fine, other, other), wide)).toContain('Nothing bad at 1 other operation: 2 handled\n')
})
