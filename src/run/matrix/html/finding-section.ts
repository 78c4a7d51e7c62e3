import type { FindingDocument, MatrixDocument } from '../document.ts'
import { testName, text, withCode } from './html-text.ts'
import { evidenceList } from './operation-section.ts'
import { timelineTable } from './timeline-table.ts'
import { verdictChip } from './verdict-mark.ts'

/** So many findings are open at first; the page is to show at a glance what is wrong. */
const mostOpen = 1
const mostFaults = 8
const mostCells = 20

/** What is wrong, the most harmful first, each with what shows it and what shows it again. */
export function findingSection({ findings, noLongerFound }: MatrixDocument): string {
  if (findings.length === 0) return '<p>None.</p>'
  // Where nothing was ever accepted, nothing is new.
  const isCompared = noLongerFound.length > 0 || findings.some(({ accepted }) => accepted !== undefined)
  return `<ol class="findings">${findings.map((one, i) => findingItem(one, i, isCompared)).join('\n')}</ol>`
}

function findingItem(one: FindingDocument, i: number, isCompared: boolean): string {
  const { sentence, verdict, test, expected, reproduce, evidence, clean, faulted } = one
  return `<li class="finding" id="finding-${i + 1}"><details id="finding-${i + 1}-details"${i < mostOpen ? ' open' : ''}>
<summary>${one.accepted ? verdictChip(verdict, 'none') : verdictChip(verdict)} ${isCompared ? stateChip(one) : ''}<span class="sentence">${withCode(sentence)}</span></summary>
${chips(one)}
<p>In ${testName(test)}. Good code would ${withCode(expected)}.</p>
${evidenceList(evidence)}
${timelineTable(clean, faulted)}
<div class="command"><span>Show it again</span> <code>${text(reproduce)}</code></div>
${suggested(one)}
${cellLinks(one.cells)}</details></li>`
}

/** Where it was found, under which faults, and by which oracle. */
function chips({ oracle, boundary, risk, faults }: FindingDocument): string {
  const words = [
    `boundary: ${boundary}`,
    ...(risk === 'medium' ? [] : [`risk: ${risk}`]),
    ...faults.slice(0, mostFaults).map((fault) => `fault: ${fault}`),
  ]
  const more = faults.length - mostFaults
  const shown = words.map((word) => `<span class="chip none">${text(word)}</span>`)
  return `<p class="chips">${shown.join(' ')}${more > 0 ? ` <span class="note">and ${more} more</span>` : ''} <span class="note">found by ${text(oracle)}</span></p>`
}

function cellLinks([best = '', ...others]: readonly string[]): string {
  const links = others.slice(0, mostCells).map((id) => `<a href="#cell-${text(id)}"><code>${text(id)}</code></a>`)
  const more = others.length > mostCells ? ` and ${others.length - mostCells} more` : ''
  const seen = links.length === 0 ? '' : ` · seen as well in ${links.join(' ')}${more}`
  return `<p class="note"><a href="#cell-${text(best)}">The exchange, with the fault in it</a>${seen}</p>`
}

/** Whether the team knows of it already, and why it is as it is. */
function stateChip({ accepted }: FindingDocument): string {
  if (accepted === undefined) return '<span class="chip new">new</span> '
  const reason = accepted.reason === undefined ? '' : `: ${text(accepted.reason)}`
  return `<span class="chip none">accepted${reason}</span> `
}

function suggested({ suggestedTest }: FindingDocument): string {
  if (suggestedTest === '') return ''
  return `<details class="suggested"><summary>A test for it</summary><div class="command"><pre tabindex="0"><code>${text(suggestedTest)}</code></pre></div></details>`
}
