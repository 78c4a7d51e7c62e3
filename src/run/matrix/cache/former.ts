import type { TestRef } from '../../../core/exchange.ts'
import type { Cell } from '../../../matrix/cell.ts'
import { keyOfTest } from '../../../timeline/moment.ts'
import { isClean } from '../plan-file.ts'
import { nameOfRun, type StoredLine, type StoredRun } from './stored.ts'

/** What was known until something changed on which it depends: none of it holds, and most of it is likely. */
export interface Former {
  /** Of one file of tests. @param held - Those of the lines that still hold. */
  take(file: string, lines: readonly StoredLine[], held: readonly StoredLine[]): void
  /** Cells of which it is not known any more how they go. */
  cells(): readonly Cell[]
  /** How long a cell took, milliseconds. */
  tookMs(cell: Pick<Cell, 'id' | 'test'>): number | undefined
  /** Why a cell was bad that was so again, as `Cause` has it. */
  cause(cell: Pick<Cell, 'id' | 'test'>): string | undefined
  tests(file: string): readonly TestRef[]
  /** Tests whose run of this name, which is no cell's, does not hold. */
  testsOf(id: string): readonly TestRef[]
  /** Clean runs by test, of those tests of which none holds. */
  clean(): ReadonlyMap<string, readonly StoredRun[]>
}

export function openFormer(): Former {
  const runs = new Map<string, { readonly cell: Cell; readonly durationMs: number }>()
  const causes = new Map<string, string>()
  const tests = new Map<string, readonly TestRef[]>()
  const clean = new Map<string, Map<string, StoredRun>>()
  const others = new Map<string, { readonly id: string; readonly test: TestRef }>()
  const holds = new Set<string>()
  return {
    take(file, lines, held) {
      for (const line of lines) {
        if (line.t === 'tests') tests.set(file, line.tests)
        if (line.t === 'again' && line.cause !== undefined) causes.set(nameOfRun(line), line.cause)
        if (line.t !== 'ran') continue
        const { id, test, durationMs } = line.record
        const { cell } = line
        if (cell) runs.set(nameOfRun(line.record), { cell, durationMs })
        else others.set(nameOfRun(line.record), { id, test })
        if (isClean(line.record)) clean.set(keyOfTest(test), (clean.get(keyOfTest(test)) ?? new Map()).set(id, line))
      }
      for (const line of held) if (line.t === 'ran') holds.add(nameOfRun(line.record))
    },
    cells: () => [...runs].flatMap(([name, { cell }]) => (holds.has(name) ? [] : [cell])),
    tookMs: (cell) => runs.get(nameOfRun(cell))?.durationMs,
    cause: (cell) => causes.get(nameOfRun(cell)),
    tests: (file) => tests.get(file) ?? [],
    testsOf: (wanted) =>
      [...others].flatMap(([name, { id, test }]) => (id === wanted && !holds.has(name) ? [test] : [])),
    clean: () =>
      new Map(
        [...clean].flatMap(([test, byId]) => {
          const own = [...byId.values()]
          return own.some(({ record }) => holds.has(nameOfRun(record))) ? [] : [[test, own] as const]
        }),
      ),
  }
}
