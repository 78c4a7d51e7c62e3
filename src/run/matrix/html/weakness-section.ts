import type { WeaknessDocument } from '../document.ts'
import { testName, text, withCode } from './html-text.ts'

/** Tests that failed in order under what good code makes nothing of. */
export function weaknessSection(weaknesses: readonly WeaknessDocument[]): string {
  if (weaknesses.length === 0) return ''
  const items = weaknesses.map(
    (
      { sentence, expected, cells, test, reproduce },
      i,
    ) => `<li class="weakness"><details id="weakness-${i + 1}"><summary><span class="sentence">${withCode(sentence)}</span></summary>
<p>In ${testName(test)}. Good code would ${withCode(expected)}.</p>
<div class="command"><span>Show it again</span> <code>${text(reproduce)}</code></div>
<p class="note"><a href="#cell-${text(cells[0] ?? '')}">The exchange, with the fault in it</a>${cells.length > 1 ? ` · ${cells.length} cells` : ''}</p></details></li>`,
  )
  return `<p>Here the program failed, if in order, where good code goes on, such as after one 503. None of it counts as bad.</p><ol class="findings">${items.join('\n')}</ol>`
}
