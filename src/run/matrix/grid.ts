import { harmOf, type Verdict } from '../../matrix/verdict.ts'
import type { CellDocument } from './document.ts'

/** One operation and what became of it under each fault. */
export interface GridRow {
  readonly boundary: string
  readonly operation: string
  readonly faults: readonly {
    readonly fault: string
    /** The most harmful one of all its cells. */
    readonly verdict: Verdict
    /** How many cells there are. */
    readonly count: number
    readonly cells: readonly CellDocument[]
  }[]
}

/** Operations by boundary, and the worst that each fault led to. */
export function gridOf(cells: readonly CellDocument[]): readonly GridRow[] {
  const rows = Map.groupBy(cells, ({ boundary, operation }) => `${boundary}\0${operation}`)
  return [...rows.values()]
    .map((group): GridRow => {
      const { boundary, operation } = group[0]!
      const faults = [...Map.groupBy(group, ({ fault }) => fault)].map(([fault, some]) => {
        const sorted = some.toSorted((a, b) => harmOf(a.verdict) - harmOf(b.verdict))
        return { fault, verdict: sorted[0]!.verdict, count: some.length, cells: sorted }
      })
      return { boundary, operation, faults }
    })
    .toSorted((a, b) => a.boundary.localeCompare(b.boundary) || a.operation.localeCompare(b.operation))
}
