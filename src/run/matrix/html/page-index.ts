import { catalogue } from '../../../matrix/catalogue.ts'
import { harmOf, isBad, type Verdict } from '../../../matrix/verdict.ts'
import type { CellDocument, MatrixDocument } from '../document.ts'
import { verdictOrder } from './verdict-mark.ts'

/** Cells that do the same to the same exchange, in one test or another. */
export interface StrikeEntry {
  /** Of its element. */
  readonly id: string
  readonly fault: string
  /** What is changed of the body, and what went wrong before; empty for most. */
  readonly about: string
  readonly family: CellDocument['family']
  /** The worst of its cells. */
  readonly verdict: Verdict
  /** The worst first. */
  readonly cells: readonly [CellDocument, ...CellDocument[]]
}

/** One operation and all that was tried on it. */
export interface OperationEntry {
  readonly id: string
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  /** The worst first. */
  readonly strikes: readonly StrikeEntry[]
}

/** What a page is made of, in its order, with the names of its elements. */
export interface PageIndex {
  /** By protocol, boundary and name. */
  readonly operations: readonly OperationEntry[]
  /** By name. */
  readonly boundaries: readonly string[]
  /** How many cells there are of each verdict, the worst first. */
  readonly verdicts: ReadonlyMap<Verdict, number>
  /** Strikes with a bad verdict, in the order of the page. */
  readonly bad: readonly StrikeEntry[]
}

const mostPointers = 4

const faultOrder = new Map(catalogue.map(({ name }, i) => [name, i]))

/** Place of a fault among all. */
export function placeOfFault(fault: string): number {
  return faultOrder.get(fault) ?? Number.POSITIVE_INFINITY
}

/** Orders what a matrix has shown for its page. */
export function indexPage({ cells }: MatrixDocument): PageIndex {
  const groups = Map.groupBy(cells, ({ protocol, boundary, operation }) => [protocol, boundary, operation].join('\0'))
  const operations = [...groups.values()]
    .toSorted(
      ([a], [b]) =>
        compare(a!.protocol, b!.protocol) || compare(a!.boundary, b!.boundary) || compare(a!.operation, b!.operation),
    )
    .map((group, i): OperationEntry => {
      const { boundary, protocol, operation } = group[0]!
      return { id: `operation-${i + 1}`, boundary, protocol, operation, strikes: strikesOf(group, `strike-${i + 1}`) }
    })
  const counts = Map.groupBy(cells, ({ verdict }) => verdict)
  return {
    operations,
    boundaries: [...new Set(operations.map(({ boundary }) => boundary))].toSorted(compare),
    verdicts: new Map(
      [...counts]
        .map(([verdict, some]) => [verdict, some.length] as const)
        .toSorted(([a], [b]) => verdictOrder.indexOf(a) - verdictOrder.indexOf(b)),
    ),
    bad: operations.flatMap(({ strikes }) => strikes.filter(({ verdict }) => isBad(verdict))),
  }
}

function strikesOf(cells: readonly CellDocument[], prefix: string): readonly StrikeEntry[] {
  const groups = Map.groupBy(
    cells,
    (cell) => `${cell.fault}\0${aboutOf(cell)}\0${JSON.stringify([cell.detail, cell.after])}`,
  )
  return (
    [...groups.values()]
      .map((group): Omit<StrikeEntry, 'id'> => {
        const [first, ...rest] = group.toSorted((a, b) => harmOf(a.verdict) - harmOf(b.verdict))
        const { fault, family, verdict } = first!
        return { fault, about: aboutOf(first!), family, verdict, cells: [first!, ...rest] }
      })
      // Those that are not bad are in the order of the catalogue.
      .toSorted(
        (a, b) =>
          harmOf(a.verdict) - harmOf(b.verdict) ||
          placeOfFault(a.fault) - placeOfFault(b.fault) ||
          compare(a.about, b.about),
      )
      .map((strike, i) => ({ id: `${prefix}-${i + 1}`, ...strike }))
  )
}

/** What else tells one cell from others of its fault: the fields that it changes, and what went wrong before. */
function aboutOf({ detail, after }: CellDocument): string {
  return [
    ...(detail?.pointers ? [shortList(detail.pointers)] : []),
    ...(detail?.keep ? [`only ${detail.keep.length === 0 ? 'nothing' : shortList(detail.keep)}`] : []),
    ...(after ? [`after ${after.fault} at ${after.operation}`] : []),
  ].join(', ')
}

function shortList(pointers: readonly string[]): string {
  const more = pointers.length - mostPointers
  return more > 1 ? `${pointers.slice(0, mostPointers).join(', ')} and ${more} more` : pointers.join(', ')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
