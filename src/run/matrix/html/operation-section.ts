import { faultOf } from '../../../matrix/catalogue.ts'
import { isBad } from '../../../matrix/verdict.ts'
import { duration, plural } from '../../wording.ts'
import type { CellDocument, MatrixDocument } from '../document.ts'
import type { ExchangeDocument, MessageDocument } from '../exchange-document.ts'
import { annotatedBody } from './annotated-body.ts'
import type { Drawings } from './draw-faults.ts'
import { clipped, testName, text, withCode } from './html-text.ts'
import type { OperationEntry, PageIndex, StrikeEntry } from './page-index.ts'
import { verdictChip } from './verdict-mark.ts'

/** Every operation: what was recorded, and each fault drawn into it, with the tests that met it. */
export function operationSection(document: MatrixDocument, index: PageIndex, drawings: Drawings): string {
  return index.operations.map((operation) => operationDetails(operation, document, index, drawings)).join('\n')
}

function operationDetails(
  { id, boundary, operation, strikes }: OperationEntry,
  { exchanges }: MatrixDocument,
  index: PageIndex,
  drawings: Drawings,
): string {
  const all = strikes.flatMap(({ cells }) => cells)
  const keys = [...new Set(all.flatMap(({ exchange }) => exchange ?? []))]
  const recorded = keys.flatMap((key) => {
    const own = strikes.filter(({ cells }) => cells[0].exchange === key)
    return exchanges[key] ? [recordedExchange(exchanges[key], own)] : []
  })
  const struck = strikes.map((strike) => strikeDetails(strike, drawings.get(strike.id) ?? '', index.bad))
  const bad = all.filter(({ verdict }) => isBad(verdict)).length
  const verdicts = [...new Set(all.map(({ verdict }) => verdict))].join(' ')
  return `<details class="operation" id="${id}" data-b="${index.boundaries.indexOf(boundary)}" data-v="${text(verdicts)}">
<summary><h3><small>${text(boundary)}</small> ${text(operation)}</h3> <span class="count">${plural(all.length, 'cell')}${bad > 0 ? `, <b>${bad} bad</b>` : ''}</span></summary>
${recorded.join('\n')}
${struck.join('\n')}
</details>`
}

function recordedExchange({ asked, answered, test }: ExchangeDocument, strikes: readonly StrikeEntry[]): string {
  return `<details class="recorded"><summary>As it was recorded: ${text(answered.head)}</summary>
<p>In ${testName(test)}.</p>
<div class="sides"><div><h4>Asked</h4>${message(asked, [])}</div><div><h4>Answered</h4>${message(answered, strikes)}</div></div></details>`
}

function message({ head, headers, body, bytes, shortened }: MessageDocument, strikes: readonly StrikeEntry[]): string {
  const lines = headers.map(([name, value]) => `${text(name)}: ${text(value)}`)
  const note = shortened ? `<p class="note">Shortened; the whole body has ${plural(bytes, 'byte')}.</p>` : ''
  const more =
    lines.length > 0
      ? `<details><summary>${plural(lines.length, 'header')}</summary><pre>${lines.join('\n')}</pre></details>`
      : ''
  return `${more}<pre class="drawn" tabindex="0">${[text(head), ...(body === '' ? [] : [annotatedBody(body, strikes)])].join('\n')}</pre>${note}`
}

function strikeDetails(
  { id, fault, about, verdict, cells }: StrikeEntry,
  drawn: string,
  bad: readonly StrikeEntry[],
): string {
  const known = faultOf(cells[0])
  const verdicts = [...new Set(cells.map((cell) => cell.verdict))].join(' ')
  const said = known
    ? `<p><code>${text(cells[0].operation)}</code> ${withCode(known.said)}. Good code would ${withCode(known.expected)}.</p>`
    : ''
  return `<details class="strike" id="${id}" data-v="${text(verdicts)}">
<summary>${verdictChip(verdict)} <strong>${text(fault)}</strong>${about === '' ? '' : ` <code>${text(about)}</code>`}${cells.length > 1 ? ` <span class="count">${cells.length} cells</span>` : ''}</summary>
${said}${drawn}
<ul class="cells">${cells.map(cellItem).join('')}</ul>
${neighbours(id, bad)}</details>`
}

function cellItem(cell: CellDocument): string {
  const { id, test, nth, verdict, oracle, what, evidence, site, confirmed, cached, durationMs } = cell
  const about = [
    ...(nth > 1 ? [`number ${nth} of its kind in the test`] : []),
    ...(site === undefined ? [] : [`asked by <code>${text(site)}</code>`]),
    `took ${duration(durationMs)}`,
    ...(confirmed ? ['seen again in a fresh process'] : []),
    ...(cached ? ['from the cache'] : []),
  ]
  return `<li id="cell-${text(id)}" data-v="${text(verdict)}"><p>${verdictChip(verdict)} ${testName(test)}</p>
<p>${oracle === '' ? '' : `${text(oracle)}: `}${withCode(clipped(what))}</p>${evidenceList(evidence)}
<p class="note">${about.join(', ')} · <a href="#cell-${text(id)}"><code>${text(id)}</code></a></p></li>`
}

const mostEvidence = 20

/** What shows a verdict, a line each. */
export function evidenceList(evidence: readonly string[]): string {
  if (evidence.length === 0) return ''
  const more = evidence.length - mostEvidence
  const lines = [...evidence.slice(0, mostEvidence), ...(more > 0 ? [`and ${more} more`] : [])]
  return `<ul class="evidence">${lines.map((line) => `<li>${text(clipped(line))}</li>`).join('')}</ul>`
}

function neighbours(id: string, bad: readonly StrikeEntry[]): string {
  const at = bad.findIndex((strike) => strike.id === id)
  if (at < 0 || bad.length < 2) return ''
  const link = (strike: StrikeEntry | undefined, what: string): string =>
    strike ? `<a href="#${strike.id}">${what}</a>` : `<span class="note">${what}</span>`
  return `<nav aria-label="Bad verdicts">${link(bad[at - 1], '← previous')} <span class="note">${at + 1} of ${bad.length} bad</span> ${link(bad[at + 1], 'next →')}</nav>`
}
