import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeCell } from '../../matrix/cell.ts'
import { isTaken, type MatrixPlan, type PlannedCell, takeCell } from './plan-file.ts'
import { runParts } from './run-parts.ts'
import type { SuiteRun } from './suite.ts'

const planned = (name: string, count: number): readonly PlannedCell[] =>
  Array.from({ length: count }, (_, i) => {
    const cell = {
      test: { file: 'a', name },
      boundary: 'payments',
      protocol: 'http',
      operation: 'GET /a',
      fault: '503',
    }
    const made = makeCell({ ...cell, nth: i + 1, family: 'error' })
    return { cell: made, deadlineMs: 1000, cleanMs: 500, usualMs: 500, cleanAsks: 1, stalls: false }
  })

it('gives whoever has nothing to do half of what another has not begun, and each cell to one', async ({
  onTestFinished,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'mortar-parts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const part = (cells: readonly PlannedCell[]): MatrixPlan => ({ version: 1, clean: 1, cells, inTurn: ['a'] })
  const all = [...planned('one', 30), ...planned('two', 3)]
  const begun: MatrixPlan[] = []
  const took: string[] = []
  let working = 0
  let most = 0
  const runs = await runParts(
    [part(all.slice(0, 30)), part(all.slice(30))],
    { folder, most: () => 2 },
    async (plan): Promise<SuiteRun> => {
      begun.push(plan)
      most = Math.max(most, ++working)
      for (const { cell } of plan.cells!) {
        if (!isTaken(plan, cell.id) && takeCell(plan, cell.id)) took.push(cell.id)
        await new Promise(setImmediate)
      }
      working--
      return {} as SuiteRun
    },
  )
  expect(took.toSorted()).toEqual(all.map(({ cell }) => cell.id).toSorted())
  expect(most).toBe(2)
  expect(begun.length).toBeGreaterThan(2)
  expect(runs).toHaveLength(begun.length)
  // What is left to the last ones is not worth another worker's while.
  expect(begun.at(-1)!.cells!.length).toBeGreaterThan(1)
})
