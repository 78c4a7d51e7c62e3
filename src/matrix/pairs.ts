import type { Baseline } from './baseline.ts'
import { catalogue, type CatalogueFault } from './catalogue.ts'
import { type Cell, makeCell } from './cell.ts'
import { classesOf, type ExchangeClass } from './classes.ts'
import type { JudgedCell } from './findings.ts'
import { placesOf } from './places-of.ts'
import { isBad } from './verdict.ts'

/** Faults at exchanges that are there only because something else went wrong before. */
export interface Pairs {
  readonly cells: readonly Cell[]
  readonly leftOut: readonly LeftOutPair[]
  /** What each test does under the first fault alone: with that the cells are compared. */
  readonly baselines: readonly Baseline[]
}

/** One that is not tried, as there are enough at its exchange, or in all. */
export interface LeftOutPair extends Cell {
  readonly why: 'enough at its exchange' | 'enough in all'
}

/** How many faults are tried at one exchange, and how many cells there are at most. */
export const mostFaults = 3
export const mostPairs = 60

/** What undoes or stands in for something may fail for once; that nothing works any more nobody can make up for. */
const passing: ReadonlySet<string> = new Set(['reply lost', '503', 'reset before', 'sqlstate 40001', 'publish nacked'])

/**
 * The second faults that are worth trying: at operations that no clean run of the test knows, such as a fallback or a
 * compensation. Where the first fault alone shows a bug there is nothing to be learnt from a second.
 */
export function planPairs(judged: readonly JudgedCell[]): Pairs {
  const known = new Set<string>()
  const revealing = judged
    .filter(({ shown, judgement }) => isRevealing(shown.fault, shown.cell) && !isBad(judgement.verdict))
    .toSorted((a, b) => b.shown.fault.weight - a.shown.fault.weight)
  const found = revealing.flatMap(({ shown }) => {
    const { cell, baseline, observation, effects } = shown
    const under: Baseline = {
      ...baseline,
      runs: [observation],
      effects,
      under: { cell: cell.id, clean: baseline },
    }
    const cells = classesOf(under)
      .filter((exchanges) => !isIn(baseline, exchanges))
      .filter(({ boundary, operation, outcome, site = '' }) => {
        const key = [boundary, operation, outcome, site].join('\0')
        return !known.has(key) && known.add(key)
      })
      .map((exchanges) => cellsOf(exchanges, cell))
    return cells.some((some) => some.length > 0) ? [{ under, cells }] : []
  })
  const each = found.flatMap((one) => one.cells)
  const cells = each.flatMap((some) => some.slice(0, mostFaults))
  const because =
    (why: LeftOutPair['why']) =>
    (cell: Cell): LeftOutPair => ({ ...cell, why })
  return {
    cells: cells.slice(0, mostPairs),
    leftOut: [
      ...cells.slice(mostPairs).map(because('enough in all')),
      ...each.flatMap((some) => some.slice(mostFaults)).map(because('enough at its exchange')),
    ],
    baselines: found.map(({ under }) => under),
  }
}

/** The id of the cell that has only the first fault of a pair. */
export function firstOf({ test, after, protocol, family }: Cell): string | undefined {
  return after && makeCell({ test, ...after, protocol, family }).id
}

function isRevealing({ spoils }: CatalogueFault, { family, after, detail }: Cell): boolean {
  return family === 'error' && !spoils && after === undefined && detail === undefined
}

function isIn({ runs }: Baseline, { boundary, operation }: ExchangeClass): boolean {
  return runs.some(({ moments }) =>
    moments.some((moment) => moment.boundary === boundary && moment.operation === operation),
  )
}

function cellsOf(exchanges: ExchangeClass, first: Cell): readonly Cell[] {
  const { baseline, boundary, protocol, operation } = exchanges
  const after = { boundary: first.boundary, operation: first.operation, nth: first.nth, fault: first.fault }
  return catalogue
    .filter(({ name }) => passing.has(name))
    .flatMap((fault) =>
      placesOf(fault, exchanges)
        .slice(0, 1)
        .map((nth) => ({ nth, fault })),
    )
    .map(({ nth, fault: { name, family } }) =>
      makeCell({ test: baseline.test, boundary, protocol, operation, nth, fault: name, family, after }),
    )
}
