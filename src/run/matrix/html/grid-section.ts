import { faultOf } from '../../../matrix/catalogue.ts'
import { harmOf } from '../../../matrix/verdict.ts'
import type { CellDocument } from '../document.ts'
import { text } from './html-text.ts'
import { type OperationEntry, type PageIndex, placeOfFault, type StrikeEntry } from './page-index.ts'
import { kindOf, verdictMark } from './verdict-mark.ts'

/** Boundaries and operations down, faults across: one table for each protocol, as each has faults of its own. */
export function gridSection({ operations, boundaries }: PageIndex): string {
  const protocols = Map.groupBy(operations, ({ protocol }) => protocol)
  const tables = [...protocols].map(([protocol, some]) => gridTable(protocol, some, boundaries))
  return tables.length === 0 ? '<p>Nothing was tried.</p>' : `<div class="grids">${tables.join('\n')}</div>`
}

interface Column {
  readonly fault: string
  readonly family: CellDocument['family']
  readonly ofFields: boolean
  /** What it does to the first operation that it strikes. */
  readonly said: string
}

const families = [
  { title: 'Errors', is: ({ family }: Column) => family === 'error' },
  { title: 'Wrong data', is: ({ family, ofFields }: Column) => family === 'corruption' && !ofFields },
  { title: 'Fields', is: ({ family, ofFields }: Column) => family === 'corruption' && ofFields },
] as const

function gridTable(protocol: string, operations: readonly OperationEntry[], boundaries: readonly string[]): string {
  const groups = families
    .map(({ title, is }) => ({ title, columns: columnsOf(operations).filter(is) }))
    .filter(({ columns }) => columns.length > 0)
  const columns = groups.flatMap((group) => group.columns)
  const titles = groups.map(({ title, columns: some }) => `<th scope="colgroup" colspan="${some.length}">${title}</th>`)
  const names = columns.map(
    ({ fault, said }) => `<th scope="col" title="${text(said)}"><span>${text(fault)}</span></th>`,
  )
  const bodies = [...Map.groupBy(operations, ({ boundary }) => boundary)].map(([boundary, some]) => {
    const at = boundaries.indexOf(boundary)
    return `<tbody data-b="${at}"><tr><th scope="rowgroup" colspan="${columns.length + 1}"><span>${text(boundary)}</span></th></tr>
${some.map((operation) => gridRow(operation, columns)).join('\n')}</tbody>`
  })
  return `<div class="scroll" tabindex="0" role="region" aria-label="Faults of ${text(protocol)}"><table class="grid">
<caption>${text(protocol)}: ${operations.length === 1 ? '1 operation' : `${operations.length} operations`}</caption>
<colgroup></colgroup>${groups.map(({ columns: some }) => `<colgroup span="${some.length}"></colgroup>`).join('')}
<thead><tr><td rowspan="2"></td>${titles.join('')}</tr><tr>${names.join('')}</tr></thead>
${bodies.join('\n')}
</table></div>`
}

function columnsOf(operations: readonly OperationEntry[]): readonly Column[] {
  const found = new Map<string, Column>()
  for (const { strikes } of operations) {
    for (const { fault, family, cells } of strikes) {
      const before = found.get(fault)
      const said = before?.said ?? faultOf(cells[0])?.said ?? fault
      found.set(fault, { fault, family, said, ofFields: before?.ofFields || cells[0].detail !== undefined })
    }
  }
  return [...found.values()].toSorted((a, b) => placeOfFault(a.fault) - placeOfFault(b.fault))
}

function gridRow({ id, operation, strikes }: OperationEntry, columns: readonly Column[]): string {
  const byFault = Map.groupBy(strikes, ({ fault }) => fault)
  const verdicts = new Set(strikes.flatMap(({ cells }) => cells.map(({ verdict }) => verdict)))
  const cells = columns.map(({ fault }) => {
    const some = byFault.get(fault)
    return some ? gridCell(some) : '<td></td>'
  })
  return `<tr data-v="${text([...verdicts].join(' '))}"><th scope="row"><a href="#${id}">${text(operation)}</a></th>${cells.join('')}</tr>`
}

function gridCell(strikes: readonly StrikeEntry[]): string {
  const worst = strikes.toSorted((a, b) => harmOf(a.verdict) - harmOf(b.verdict))[0]!
  const count = strikes.reduce((sum, { cells }) => sum + cells.length, 0)
  const verdicts = new Set(strikes.flatMap(({ cells }) => cells.map(({ verdict }) => verdict)))
  const times = count > 1 ? `<sub aria-hidden="true">${count}</sub>` : ''
  const title = `${worst.fault}: ${worst.verdict}${count > 1 ? `, the worst of ${count}` : ''}`
  return `<td class="${kindOf(worst.verdict)}" data-v="${text([...verdicts].join(' '))}"><a href="#${worst.id}" title="${text(title)}">${verdictMark(worst.verdict)}<span class="said">${text(worst.verdict)}</span>${times}</a></td>`
}
