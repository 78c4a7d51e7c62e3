import type { Case } from './case.ts'
import type { Judgement } from './judgement.ts'
import { harmOf, isBad } from './verdict.ts'

/** A cell that has been run, and what became of it. */
export interface JudgedCell {
  readonly shown: Case
  readonly judgement: Judgement
}

/** What is wrong at one place of the program, as several cells may show it. */
export interface Finding {
  /** `POST /v1/charges was done, and its reply was lost → … (src/billing.ts:88)` */
  readonly sentence: string
  /** The cell that shows it best. */
  readonly best: JudgedCell
  readonly cells: readonly JudgedCell[]
  /** Call of the program, where that is known. */
  readonly site: string | undefined
}

/** Bad verdicts by place and oracle, the most harmful first. */
export function findingsOf(judged: readonly JudgedCell[]): readonly Finding[] {
  const bad = judged.filter(({ judgement }) => isBad(judgement.verdict))
  const groups = Map.groupBy(bad, ({ shown, judgement }) => {
    const { boundary, operation } = shown.cell
    // A COMMIT is known only by what it would have made true.
    const what = operation === 'COMMIT' ? judgement.what : ''
    return [siteOf(shown) ?? `${boundary}\0${operation}`, judgement.oracle, what].join('\0')
  })
  return [...groups.values()]
    .map((cells): Finding => {
      const best = cells.toSorted((a, b) => b.shown.fault.weight - a.shown.fault.weight)[0]!
      const site = siteOf(best.shown)
      return { sentence: sentenceOf(best, site), best, cells, site }
    })
    .toSorted(
      (a, b) => harmOf(a.best.judgement.verdict) - harmOf(b.best.judgement.verdict) || b.cells.length - a.cells.length,
    )
}

/** The line of the program that asked what was struck. */
export function siteOf({ cell, observation, baseline }: Case): string | undefined {
  const asks = observation.asks.filter(
    ({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation,
  )
  const own = asks.find(({ struck }) => struck)?.site
  if (own !== undefined) return own
  const clean = baseline.runs.at(-1)!.asks
  return clean.filter(({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation)[
    cell.nth - 1
  ]?.site
}

function sentenceOf({ shown, judgement }: JudgedCell, site: string | undefined): string {
  const { cell, fault } = shown
  return `\`${cell.operation}\` ${fault.said} → ${judgement.what}${site === undefined ? '' : ` (${site})`}`
}
