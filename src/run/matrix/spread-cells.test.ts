import { describe, expect, it } from 'vitest'
import { makeCell } from '../../matrix/cell.ts'
import type { PlannedCell } from './plan-file.ts'
import { halfOf, spreadCells, spreadOverWorkers } from './spread-cells.ts'

const planned = (file: string, name: string, count: number, usualMs = 500): readonly PlannedCell[] =>
  Array.from({ length: count }, (_, i) => {
    const cell = { test: { file, name }, boundary: 'payments', protocol: 'http', operation: 'GET /a', fault: '503' }
    const made = makeCell({ ...cell, nth: i + 1, family: 'error' } as Parameters<typeof makeCell>[0])
    return { cell: made, deadlineMs: 1000, cleanMs: 2 * usualMs, usualMs, cleanAsks: 1, stalls: false }
  })
const filesOf = (cells: readonly PlannedCell[]): readonly string[] =>
  [...new Set(cells.map(({ cell: { test } }) => `${test.file} ${test.name}`))].toSorted()

describe('cells over processes', () => {
  it('are spread where one file has most of them, and those of a test stay together', () => {
    const cells = [...planned('a', '1', 30), ...planned('a', '2', 20), ...planned('b', '1', 5)]
    const lanes = spreadCells(cells, 2)
    expect(lanes.map(filesOf)).toEqual([['a 1'], ['a 2', 'b 1']])
    expect(lanes.flat().toSorted()).toEqual(cells.toSorted())
  })

  it('are spread where one test has most of them, each once', () => {
    const cells = [...planned('a', '1', 60), ...planned('b', '1', 5)]
    const lanes = spreadCells(cells, 3)
    expect(lanes.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([20, 20, 25])
    expect(new Set(lanes.flat())).toEqual(new Set(cells))
    expect(lanes.flat()).toHaveLength(65)
  })

  it('are spread over workers that wait wherever there is something to do', () => {
    const cells = [...planned('a', '1', 12), ...planned('a', '2', 6)]
    const shares = spreadOverWorkers(cells, 3)
    expect(shares.map(({ length }) => length)).toEqual([6, 6, 6])
    expect(new Set(shares.flat())).toEqual(new Set(cells))
    const slow = cells.map((one, i) => ({ ...one, tookMs: i < 12 ? 100 : 3000 }))
    const long = (share: readonly PlannedCell[]): number => share.filter(({ tookMs = 0 }) => tookMs > 100).length
    expect(spreadOverWorkers(slow, 3).map(long)).toEqual([2, 2, 2])
    const few = planned('a', '1', 2, 50)
    expect(spreadOverWorkers(few, 3)).toEqual([few])
    const [quick, slowest] = [few[0]!, { ...few[1]!, tookMs: 300 }]
    expect(spreadOverWorkers([quick, slowest], 3)).toEqual([[slowest, quick]])
  })

  it('are given away by half, unless that is little', () => {
    const cells = planned('a', '1', 9)
    expect(halfOf(cells)).toEqual(cells.slice(5))
    expect(halfOf(cells.slice(0, 1))).toEqual([])
  })

  it('are left to the workers of one where these have the same to do, or little', () => {
    const alike = [...planned('a', '1', 20), ...planned('b', '1', 20), ...planned('c', '1', 20)]
    expect(spreadCells(alike, 2)).toEqual([alike])
    const few = planned('a', '1', 20, 1)
    expect(spreadCells(few, 2)).toEqual([few])
    expect(spreadCells([], 2)).toEqual([[]])
  })
})
