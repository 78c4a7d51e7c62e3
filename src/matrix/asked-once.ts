import type { TestRef } from '../core/exchange.ts'
import type { Baseline } from './baseline.ts'
import { classesOf } from './classes.ts'

/** What a test has its program ask in the first run of a process, and never again: what came of it stays there. */
export interface AskedOnce {
  readonly test: TestRef
  readonly boundary: string
  readonly operation: string
}

/** Nothing strikes it, as a cell is not the first run of its test in a process. */
export function askedOnce(baselines: readonly Baseline[]): readonly AskedOnce[] {
  return baselines.flatMap((baseline) => {
    const [first, ...others] = baseline.runs
    if (others.length === 0) return []
    // Behind a change the first runs are each of a process of its own.
    const later = others.slice(-2)
    const again = new Set(later.flatMap((run) => classesOf({ ...baseline, runs: [run] })).map(nameOf))
    const own = classesOf({ ...baseline, runs: [first] }).filter((one) => !again.has(nameOf(one)))
    const names = new Map(
      own.map(({ boundary, operation }) => [nameOf({ boundary, operation }), { boundary, operation }]),
    )
    return [...names.values()].map((one) => ({ test: baseline.test, ...one }))
  })
}

function nameOf({ boundary, operation }: { readonly boundary: string; readonly operation: string }): string {
  return `${boundary}\0${operation}`
}
