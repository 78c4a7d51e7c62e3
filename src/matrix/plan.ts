import { matchesWords } from '../core/match-words.ts'
import type { SignatureSchemeName } from '../protocols/http/webhook/boundary.ts'
import type { Baseline } from './baseline.ts'
import { isHard } from './case.ts'
import { catalogue, type CatalogueFault } from './catalogue.ts'
import { type Cell, makeCell } from './cell.ts'
import { classesOf, type ExchangeClass } from './classes.ts'
import { placeOf, stepAt } from './observation.ts'
import { placesOf } from './places-of.ts'
import { byWork } from './test-work.ts'

/**
 * By what there are fewer cells than exchanges and faults. `tests`: but two stand for all that ask the same; `places`:
 * the first and the last exchange of a test for those that are alike; `kinds`: what differs from another fault in
 * little is tried once.
 */
export const pruningSteps = ['tests', 'places', 'kinds'] as const
export type PruningStep = (typeof pruningSteps)[number]

/** What is to be tried. What is left out narrows nothing. */
export interface PlanOptions {
  /** A part of a test's name. */
  readonly test?: string
  readonly boundary?: string
  /** Name of a fault in the catalogue. */
  readonly fault?: string
  /** Id of the only cell. */
  readonly cell?: string
  /** Files of tests that test something else than the program; `*` stands for anything. */
  readonly exclude?: readonly string[]
  /** By which the deliveries of webhooks are signed, by boundary, where that is known. */
  readonly schemes?: ReadonlyMap<string, SignatureSchemeName>
  /** How many tests stand for all that ask the same (default 2). */
  readonly representatives?: number
  /** Steps that are left out, to see what they cost: for measurements. */
  readonly unpruned?: readonly PruningStep[]
}

/**
 * The tests that are judged: those that do the same each time, and are not left out. By their files, as which of them
 * comes to its end first is another one each time.
 */
export function stableBaselines(
  baselines: readonly Baseline[],
  { exclude = [], test }: PlanOptions,
): readonly Baseline[] {
  return baselines
    .filter((baseline) => baseline.state === 'stable')
    .filter((baseline) => test === undefined || baseline.test.name.includes(test))
    .filter((baseline) => !exclude.some((file) => matchesWords(file, baseline.test.file)))
    .toSorted((a, b) => (a.test.file < b.test.file ? -1 : Number(a.test.file > b.test.file)))
}

/** The cells that are worth running, those likely to show harm first. */
export function planCells(baselines: readonly Baseline[], options: PlanOptions = {}): readonly Cell[] {
  const { representatives = 2, boundary, fault, cell, unpruned = [], schemes } = options
  const classes = stableBaselines(baselines, options)
    .flatMap((baseline) => classesOf(baseline))
    .filter((exchanges) => boundary === undefined || exchanges.boundary === boundary)
    .map((exchanges) => {
      const scheme = schemes?.get(exchanges.boundary)
      return scheme ? { ...exchanges, scheme } : exchanges
    })
  const alike = Map.groupBy(
    classes,
    ({ boundary: at, operation, outcome, answer, inTransaction, context, site = '' }) =>
      [at, operation, outcome, answer, inTransaction, context, site].join('\0'),
  )
  const isWhole = cell !== undefined || unpruned.includes('tests')
  const most = isWhole ? Number.POSITIVE_INFINITY : representatives
  const weighed: { readonly cell: Cell; readonly weight: number }[] = []
  for (const group of alike.values()) {
    const all = representativesOf(group)
    for (const one of fault === undefined ? catalogue : catalogue.filter(({ name }) => name === fault)) {
      // Not every test has what the fault needs, such as a second page.
      const able = all.filter((exchanges) => placesOf(one, exchanges).length > 0)
      const chosen = able.slice(0, one.once && !unpruned.includes('kinds') ? 1 : most)
      // Only a test that comes back to it later on shows whether the program does.
      const later = one.disconnects && !chosen.some(isAskedLater) ? able.find(isAskedLater) : undefined
      for (const [rank, exchanges] of [...chosen, ...(later ? [later] : [])].entries()) {
        // What the first representative shows, the next only confirms.
        for (const made of cellsOf(exchanges, one, unpruned))
          weighed.push({ cell: made, weight: one.weight - rank / 2 })
      }
    }
  }
  const found = weighed.toSorted((a, b) => b.weight - a.weight).map((one) => one.cell)
  return cell === undefined ? found : found.filter(({ id }) => id === cell)
}

/** In all clean runs: where it depends on what is first, a test would be chosen now and not the next time. */
function isAskedLater({ baseline, boundary, operation }: ExchangeClass): boolean {
  return baseline.runs.every((clean) => {
    const own = clean.moments.filter((moment) => moment.boundary === boundary && moment.operation === operation)
    return new Set(own.map((moment) => stepAt(clean, placeOf(moment)))).size > 1
  })
}

/** The first exchange that can be struck stands for all; of those that change something the last one too. */
function cellsOf(exchanges: ExchangeClass, fault: CatalogueFault, unpruned: readonly PruningStep[]): Cell[] {
  const { baseline, boundary, protocol, operation, effect } = exchanges
  const { name, family, once, fromFirst, tells } = fault
  const atLast = fault.atLast?.(exchanges) ?? false
  const nths = placesOf(fault, exchanges)
  const first = nths[0]
  const last = nths.at(-1)
  if (first === undefined || last === undefined) return []
  const isOnce = once && !unpruned.includes('kinds')
  const ends = atLast ? [last] : fromFirst ? [first] : effect && !isOnce && last !== first ? [first, last] : [first]
  const struck = unpruned.includes('places') && !atLast && !fromFirst ? nths : ends
  return struck.map((nth) => {
    const answered = tells?.(exchanges, nth)
    const cell = { test: baseline.test, boundary, protocol, operation, nth, fault: name, family }
    return makeCell(answered ? { ...cell, answered } : cell)
  })
}

/** First the test that changes most, as it shows most of what can go wrong; then the others, those that do least first. */
export function representativesOf<T extends Pick<ExchangeClass, 'baseline'>>(group: readonly T[]): readonly T[] {
  const richness = ({ baseline: { effects } }: T): number =>
    new Set(effects.filter(isHard).map(({ boundary, operation }) => `${boundary} ${operation}`)).size
  const sorted = group.toSorted((a, b) => byWork(a.baseline, b.baseline))
  const most = Math.max(...sorted.map(richness))
  const richest = sorted.find((one) => richness(one) === most)!
  return [richest, ...sorted.filter((one) => one !== richest)]
}
