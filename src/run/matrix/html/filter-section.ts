import { createHash } from 'node:crypto'
import { text } from './html-text.ts'
import type { PageIndex } from './page-index.ts'

/** Beyond so many boundaries there is no chip for each. */
const mostBoundaries = 60

/** Chips that leave only one verdict or one boundary on the page, with how many cells there are of each. */
export function filterSection({ verdicts, boundaries, operations }: PageIndex): string {
  const all = [...verdicts.values()].reduce((sum, count) => sum + count, 0)
  const verdictChips = [...verdicts].map(([verdict, count]) => chip('verdict', `v-${verdict}`, verdict, count))
  const boundaryChips = boundaries.slice(0, mostBoundaries).map((boundary, i) => {
    const strikes = operations.filter((each) => each.boundary === boundary).flatMap((each) => each.strikes)
    return chip(
      'boundary',
      `b-${i}`,
      boundary,
      strikes.reduce((sum, { cells }) => sum + cells.length, 0),
    )
  })
  return `<fieldset class="filters"><legend>Verdict</legend>${chip('verdict', 'v-', 'all', all, true)}${verdictChips.join('')}</fieldset>
<fieldset class="filters"><legend>Boundary</legend>${chip('boundary', 'b-', 'all', all, true)}${boundaryChips.join('')}</fieldset>`
}

function chip(name: string, id: string, label: string, count: number, isChosen = false): string {
  return `<span><input type="radio" name="${name}" id="${text(id)}"${isChosen ? ' checked' : ''}><label for="${text(id)}">${text(label)} <b>${count.toLocaleString('en')}</b></label></span>`
}

/** What the chips do, as style: nothing needs a script. */
export function filterStyle({ verdicts, boundaries }: PageIndex): string {
  return [
    ...[...verdicts.keys()].map(
      (verdict) =>
        `main:has(#v-${verdict}:checked) [data-v]:not([data-v~="${verdict}"]):not(td) { display: none } main:has(#v-${verdict}:checked) td[data-v]:not([data-v~="${verdict}"]) { opacity: .15 }`,
    ),
    ...boundaries
      .slice(0, mostBoundaries)
      .map((_, i) => `main:has(#b-${i}:checked) [data-b]:not([data-b="${i}"]) { display: none }`),
  ].join('\n')
}

/** As a content security policy names what it allows. */
export function sourceHash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
}
