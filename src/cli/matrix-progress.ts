import { realNow } from '../core/real-clock.ts'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { plural } from '../run/wording.ts'

/** How much time passes between two lines, milliseconds. */
const everyMs = 5000
/** How much has to be seen of the pace until it says something of the rest: part of all cells, and milliseconds. */
const basis = { part: 0.05, ms: 5000 }

/** Says how far a matrix is, now and then: cells of all, findings so far, and about how long the rest takes. */
export function matrixProgress(
  progress: (text: string) => void,
  now: () => number = realNow,
): (document: MatrixDocument) => void {
  let first: { readonly at: number; readonly done: number } | undefined
  let last = now()
  return ({ state, cells, leftOut, findings }) => {
    const at = now()
    const done = cells.length
    const all = done + leftOut.length
    if (state !== 'running' || all === 0) return
    first ??= { at, done }
    if (at - last < everyMs || leftOut.length === 0 || done === 0) return
    last = at
    const [ran, tookMs] = [done - first.done, at - first.at]
    const pace = ran / tookMs
    const left = ran >= basis.part * all && tookMs >= basis.ms ? `, about ${roughly(leftOut.length / pace)} left` : ''
    progress(`mortar: ${done} of ${plural(all, 'cell')}, ${plural(findings.length, 'finding')} so far${left}`)
  }
}

/** Nobody can know it by the second. */
function roughly(ms: number): string {
  const seconds = Math.max(5, Math.round(ms / 5000) * 5)
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
