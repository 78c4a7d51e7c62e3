import { join } from 'node:path'
import { pause } from '../../core/real-clock.ts'
import { makeFolder } from '../../files/write-whole.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { isTaken, type MatrixPlan, takeCell } from './plan-file.ts'
import { filesOf } from './part-plan.ts'
import { halfOf, weightOf } from './spread-cells.ts'
import type { SuiteRun } from './suite.ts'

/** How often it is looked whether more may work at a time, milliseconds. */
const lookEveryMs = 50

let serial = 0

/** How parts of a plan are run. */
export interface PartsOptions {
  /** Of the matrix. */
  readonly folder: string
  /** How many may work now: more, when others have nothing to do any more. */
  readonly most: () => number
  /** Aborted: no more cells are begun. */
  readonly recall?: AbortSignal | undefined
}

/**
 * Runs parts of a plan, as many at a time as may be. When there is none left, whoever has nothing to do takes half of
 * what another one has not begun: how long cells take is known by then only.
 */
export async function runParts(
  parts: readonly MatrixPlan[],
  { folder, most, recall }: PartsOptions,
  run: (part: MatrixPlan) => Promise<SuiteRun>,
): Promise<readonly SuiteRun[]> {
  const waiting = [...parts]
  const running = new Map<MatrixPlan, Promise<unknown>>()
  const all: Promise<SuiteRun>[] = []
  const stop = (): void => {
    for (const part of running.keys()) for (const { cell } of part.cells ?? []) takeCell(part, cell.id)
  }
  recall?.addEventListener('abort', stop)
  do {
    if (recall?.aborted) waiting.length = 0
    while (running.size < most()) {
      const next = waiting.shift() ?? (recall?.aborted ? undefined : halfOfMost([...running.keys()]))
      if (!next) break
      const part = next.cells ? { ...next, taken: join(folder, `taken-${++serial}`) } : next
      if (part.taken !== undefined) makeFolder(part.taken)
      const one = run(part)
      const over = (): void => void running.delete(part)
      running.set(part, one.then(over, over))
      all.push(one)
    }
    await Promise.race([...running.values(), pause(lookEveryMs)])
  } while (running.size > 0 || waiting.length > 0)
  recall?.removeEventListener('abort', stop)
  return Promise.all(all)
}

/** Takes cells from the part that has the most left: those of a test stay together. */
function halfOfMost(running: readonly MatrixPlan[]): MatrixPlan | undefined {
  const left = running.map((plan) => ({
    plan,
    cells: (plan.cells ?? []).filter(({ cell }) => !isTaken(plan, cell.id)),
  }))
  const most = left.toSorted((a, b) => weightOf(b.cells) - weightOf(a.cells))[0]
  if (!most) return undefined
  const byTest = [...Map.groupBy(most.cells, ({ cell }) => keyOfTest(cell.test)).values()].flat()
  const cells = halfOf(byTest).filter(({ cell }) => takeCell(most.plan, cell.id))
  return cells.length === 0 ? undefined : { ...most.plan, cells, inTurn: filesOf(cells.map(({ cell }) => cell.test)) }
}
