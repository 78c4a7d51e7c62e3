import { describe, expect, it } from 'vitest'
import { makeCell } from '../matrix/cell.ts'
import type { MatrixPlan, PlannedCell } from '../run/matrix/plan-file.ts'
import { nextPass, type Pass, type ShownByPass } from './next-pass.ts'

const planned = (name: string, fault: string): PlannedCell => ({
  cell: makeCell({
    test: { file: 'a.test.ts', name },
    boundary: 'gateway',
    protocol: 'http',
    operation: 'GET /',
    nth: 1,
    fault,
    family: 'error',
    site: undefined,
  } as Parameters<typeof makeCell>[0]),
  deadlineMs: 1000,
  cleanMs: 1,
  usualMs: 1,
  cleanAsks: 1,
  stalls: false,
})
const [one, two, other] = [planned('one', '503'), planned('one', 'slow'), planned('other', '503')] as const
const plan: MatrixPlan = { version: 1, clean: 1, cells: [one, two, other] }
const first: Pass = { number: 1, plan, doubted: [], wentWell: false }
const shown = (what: Partial<ShownByPass>): ShownByPass => ({
  done: new Set(),
  suspects: [],
  unsound: [],
  isPoisoned: false,
  ...what,
})
const next = (pass: Pass, what: Partial<ShownByPass>): Pass | undefined => nextPass(pass, 'a.test.ts', shown(what))

describe('another pass over a file of tests', () => {
  it('is not taken when all cells are done, or nothing was left behind', () => {
    const done = new Set([one, two, other].map(({ cell }) => cell.id))
    expect(next(first, { done })).toBeUndefined()
    expect(next(first, { done: new Set() })).toBeUndefined()
  })

  it('watches the cells of a test of which one has left something behind', () => {
    const found = next(first, { done: new Set([other.cell.id]), suspects: [one.cell.test] })
    expect(found).toMatchObject({ number: 2, plan: { cells: [one, two], suspects: [one.cell.test] } })
  })

  it('goes on behind a cell that has left something behind for good', () => {
    const pass = next(first, { done: new Set([one.cell.id]), isPoisoned: true })
    expect(pass?.plan.cells).toEqual([two, other])
  })

  it('is taken once for a test that does not go well by itself', () => {
    const done = new Set([one.cell.id, two.cell.id])
    const unsound = [other.cell.test]
    const second = next(first, { done, unsound })
    expect(second?.plan.cells).toEqual([other])
    expect(next(second!, { unsound })).toBeUndefined()
  })
})
