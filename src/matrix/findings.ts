import type { Risk } from '../core/boundary.ts'
import { referenceOf } from './baseline.ts'
import type { Case } from './case.ts'
import { findFault } from './catalogue.ts'
import { causeOf, isWait } from './cause.ts'
import type { Cell } from './cell.ts'
import { byHarm } from './harm.ts'
import type { Judgement } from './judgement.ts'
import { isBad } from './verdict.ts'

/** A cell that has been run, and what became of it. */
export interface JudgedCell {
  readonly shown: Case
  readonly judgement: Judgement
}

/** One mistake of the program, as several cells may show it. */
export interface Finding {
  /** `POST /v1/charges was done, and its reply was lost → … (src/billing.ts:88)` */
  readonly sentence: string
  /** The same for the same mistake in other runs and after other edits; two mistakes may share one. */
  readonly key: string
  /** The cell that shows it best. */
  readonly best: JudgedCell
  readonly cells: readonly JudgedCell[]
  /** Those at which it shows, each once, that of the best cell first. */
  readonly operations: readonly string[]
  /** Those under which it shows, each once, that of the best cell first. */
  readonly faults: readonly string[]
  /** Call of the program, where that is known. */
  readonly site: string | undefined
}

/**
 * Bad verdicts by their cause, the most harmful first.
 *
 * @param risks - Of the boundaries that are not `medium`.
 */
export function findingsOf(
  judged: readonly JudgedCell[],
  risks: ReadonlyMap<string, Risk> = new Map(),
): readonly Finding[] {
  const bad = judged.filter(({ judgement }) => isBad(judgement.verdict))
  const groups = Map.groupBy(bad, (one) => causeOf(one).group)
  return [...groups.values()]
    .map((group): Finding => {
      const isMinor = ({ judgement }: JudgedCell): number => Number(judgement.minor ?? false)
      const cells = group.toSorted((a, b) => isMinor(a) - isMinor(b) || b.shown.fault.weight - a.shown.fault.weight)
      const best = cells[0]!
      const operations = [...new Set(cells.map(({ shown }) => shown.cell.operation))]
      const faults = [...new Set(cells.map(({ shown }) => shown.cell.fault))]
      const site = placeOfMistake(best)
      const about = { key: causeOf(best).key, best, cells, operations, faults, site }
      return { sentence: sentenceOf(about), ...about }
    })
    .toSorted((a, b) => byHarm(a.best, b.best, risks) || b.cells.length - a.cells.length)
}

/** The line of the program that asked over HTTP what was struck. */
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

/** The same for what is asked of databases, brokers and caches too. */
export function lineOf(shown: Case): string | undefined {
  const { cell, struck, baseline } = shown
  const alike = referenceOf(baseline).moments.filter(
    ({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation,
  )
  return siteOf(shown) ?? struck?.site ?? alike[cell.nth - 1]?.site
}

/** The line to look at: of the mistake itself, or else of what asked. */
export function placeOfMistake({ shown, judgement }: JudgedCell): string | undefined {
  return judgement.site ?? lineOf(shown)
}

const mostNamed = 4

function sentenceOf({ best, cells, operations, site }: Omit<Finding, 'sentence'>): string {
  const { shown, judgement } = best
  const { cell, fault } = shown
  const sites = new Set(cells.map(placeOfMistake))
  const where = site === undefined || sites.size > 1 ? '' : ` (${site})`
  const at = `, at ${operations.length} operations (${listOf(operations)})${where}`
  if (operations.length > 1 && judgement.oracle === 'O4' && isWait(best)) {
    const { waited } = shown.observation
    const isLimited = waited?.until === 'gave up' || waited?.until === 'too long'
    const how = isLimited ? `too long${at}: ${judgement.what.split(';', 1)[0]}` : `without end${at}`
    return `No answer from \`${cell.boundary}\` is waited for ${how}`
  }
  const one = `${firstSaid(cell)}\`${cell.operation}\` ${fault.said}${fieldsOf(cell)} → ${judgement.what}`
  const others = operations.slice(1)
  if (others.length === 0) return `${one}${where}`
  return `${one}${site === undefined ? '' : ` (${site})`}; so it goes at ${listOf(others)} too`
}

/** Which fields are changed, by a fault that changes any. */
function fieldsOf({ detail }: Case['cell']): string {
  const { pointers = [] } = detail ?? {}
  return pointers.length === 0 ? '' : `: ${listOf(pointers)}`
}

/** What went wrong before: `` `POST /v1/orders` was answered with 503, once, and then ``. */
function firstSaid({ after }: Cell): string {
  const said = after && findFault(after.fault)?.said
  return said === undefined ? '' : `\`${after!.operation}\` ${said}, and then `
}

/** Names in a sentence, the first few of them. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, names.length > mostNamed + 1 ? mostNamed : names.length)
  const more = names.length - shown.length
  return `${shown.map((name) => `\`${name}\``).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
