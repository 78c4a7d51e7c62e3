import type { FindingDocument, MatrixDocument } from '../document.ts'
import { text, withCode } from './html-text.ts'
import { evidenceList } from './operation-section.ts'
import { timelineTable } from './timeline-table.ts'
import { verdictChip } from './verdict-mark.ts'

/** So many findings are open at first; the page is to show at a glance what is wrong. */
const mostOpen = 1
const mostFaults = 8

/** What is wrong, the most harmful first, each with what shows it and what shows it again. */
export function findingSection({ findings, noLongerFound }: MatrixDocument): string {
  if (findings.length === 0) return '<p>None.</p>'
  // Where nothing was ever accepted, nothing is new.
  const isCompared = noLongerFound.length > 0 || findings.some(({ accepted }) => accepted !== undefined)
  return `<ol class="findings">${findings.map((one, i) => findingItem(one, i, isCompared)).join('\n')}</ol>`
}

function findingItem(one: FindingDocument, i: number, isCompared: boolean): string {
  const {
    sentence,
    verdict,
    oracle,
    boundary,
    faults,
    risk,
    test,
    expected,
    reproduce,
    evidence,
    clean,
    faulted,
    cells,
  } = one
  const others = cells.slice(1, 21).map((id) => `<a href="#cell-${text(id)}"><code>${text(id)}</code></a>`)
  const more = cells.length - 1 - others.length
  return `<li class="finding" id="finding-${i + 1}"><details id="finding-${i + 1}-details"${i < mostOpen ? ' open' : ''}>
<summary>${verdictChip(verdict)} ${isCompared ? stateChip(one) : ''}<span class="sentence">${withCode(sentence)}</span></summary>
<p class="chips"><span class="chip none">${text(oracle)}</span> <span class="chip none">${text(boundary)}</span> ${risk === 'medium' ? '' : `<span class="chip none">risk: ${text(risk)}</span> `}${faults
    .slice(0, mostFaults)
    .map((fault) => `<span class="chip none">${text(fault)}</span>`)
    .join(
      ' ',
    )}${faults.length > mostFaults ? ` <span class="note">and ${faults.length - mostFaults} more</span>` : ''}</p>
<p>In <q>${text(test.name)}</q>${test.file === '' ? '' : `, ${text(test.file)}`}. Good code would ${withCode(expected)}.</p>
${evidenceList(evidence)}
${timelineTable(clean, faulted)}
<div class="command"><span>Show it again</span> <code>${text(reproduce)}</code></div>
${suggested(one)}
<p class="note"><a href="#cell-${text(cells[0] ?? '')}">The exchange, with the fault in it</a>${others.length > 0 ? ` · seen as well in ${others.join(' ')}${more > 0 ? ` and ${more} more` : ''}` : ''}</p></details></li>`
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
