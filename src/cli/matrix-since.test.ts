import { expect, it } from 'vitest'
import type { CellDocument, FindingDocument, MatrixDocument } from '../run/matrix/document.ts'
import { printSince, type Told, toldAfter } from './matrix-since.ts'

const pays = { file: 'pay.test.ts', name: 'pays' }
const ships = { file: 'ship.test.ts', name: 'ships' }
const how = { color: false, columns: 100, report: '.mortar/matrix.html' }

function finding(key: string, test = pays): FindingDocument {
  return {
    key,
    sentence: `sentence ${key}`,
    verdict: 'duplicate',
    oracle: 'O1',
    test,
    expected: 'pay once',
    cells: [`cell ${key}`],
    reproduce: `npx mortar matrix --cell ${key}`,
    clean: [],
    faulted: [],
  } as unknown as FindingDocument
}

function matrix(findings: readonly FindingDocument[], more: Partial<MatrixDocument> = {}): MatrixDocument {
  return {
    findings,
    weaknesses: [],
    cells: [{ cached: true }, {}] as unknown as readonly CellDocument[],
    leftOut: [],
    tests: { stable: 2, excluded: [] },
    resilience: { good: 1, of: 2 },
    vigilance: { good: 0, of: 0 },
    contractCoverage: { good: 0, of: 0 },
    durationMs: 3400,
    ...more,
  } as unknown as MatrixDocument
}

const failing = (test: typeof pays): Partial<MatrixDocument> => ({
  tests: { stable: 1, excluded: [{ test, state: 'failing', why: 'expected 1 to be 2' }] },
})

it('tells of what is new in full, of what is gone, and counts the rest', () => {
  const printed = printSince(matrix([finding('a'), finding('b')]), matrix([finding('b'), finding('c')]), how)
  expect(printed).toMatch(/^1 finding new, 1 finding gone; 1 as before\n\n1\. {2}sentence c\n/)
  expect(printed).toContain('\n    npx mortar matrix --cell c\n')
  expect(printed).toContain('\nNo longer found:\n  - sentence a\n')
  expect(printed).not.toContain('sentence b')
  expect(printed).toContain('\n1 of 2 cells run again, in 3.4 s\n')
})

it('says that nothing has changed, and only that', () => {
  const before = matrix([finding('a')])
  expect(printSince(before, before, how)).toBe(
    '1 finding, as before\n\n1 of 2 cells run again, in 3.4 s\nAll of it  .mortar/matrix.html\n',
  )
  expect(printSince(matrix([]), matrix([]), how)).toMatch(/^Nothing bad was found, as before\n/)
})

it('tells of numbers that are others, and of a second mistake of the same kind', () => {
  const now = matrix([finding('a'), finding('a')], { resilience: { good: 2, of: 2 } })
  const printed = printSince(matrix([finding('a')]), now, how)
  expect(printed).toMatch(/^1 finding new; 1 as before\n/)
  expect(printed).toContain('\nResilience 2 of 2, before 1 of 2\n')
})

it('does not take for gone, nor later for new, what a test would have to show that fails', () => {
  const first: Told = matrix([finding('a'), finding('b', ships)])
  const broken = matrix([finding('a')], failing(ships))
  const printed = printSince(first, broken, how)
  expect(printed).toMatch(/^1 finding not known; 1 as before\n/)
  expect(printed).toContain('\nNot judged, failing: ships: expected 1 to be 2\n')
  const mended = printSince(toldAfter(first, broken), matrix([finding('a'), finding('b', ships)]), how)
  expect(mended).toMatch(/^2 findings, as before\n\nNo longer left out: ships\n/)
})

it('does not take for gone what tests would have to show whose file cannot be loaded', () => {
  const first: Told = matrix([finding('a'), finding('b', ships)], failing(pays))
  const broken = matrix([finding('b', ships)], failing({ file: pays.file, name: pays.file }))
  const printed = printSince(first, broken, how)
  expect(printed).toMatch(/^1 finding not known; 1 as before\n/)
  expect(printed).toContain('\nNot judged, failing: pay.test.ts: expected 1 to be 2\n')
  expect(printed).not.toContain('No longer left out')
  expect(toldAfter(first, broken).findings.map(({ key }) => key)).toEqual(['b', 'a'])
})

it('does not call new what is accepted', () => {
  const accepted = { ...finding('a'), accepted: {} }
  expect(printSince(matrix([]), matrix([accepted]), how)).toMatch(/^1 finding, as before\n/)
})

it('says what was left out, of which tests, and which files were edited meanwhile', () => {
  const leftOut = [{ test: pays }, { test: ships }] as unknown as MatrixDocument['leftOut']
  const leftOutPairs = [{ test: ships, why: 'enough in all' }] as unknown as NonNullable<MatrixDocument['leftOutPairs']>
  const now = matrix([], { leftOut, leftOutPairs, edited: ['pay.mjs', 'ship.mjs'] })
  const printed = printSince(matrix([]), now, { ...how, hasBudget: true })
  expect(printed).toContain('\nLeft out: 2 cells were not run\n  1 of "pays", 1 of "ships"\n')
  expect(printed).toContain('\nLeft out: 1 pair of faults was not run, as no more than 60 are tried\n  1 of "ships"\n')
  expect(printed).toContain('\nEdited meanwhile: pay.mjs, ship.mjs; what is said may be of what stood there before,')
})
