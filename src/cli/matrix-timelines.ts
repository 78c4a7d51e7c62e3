import type { TimelineLine } from '../run/matrix/document.ts'
import { foldRepeats, timesText } from '../run/matrix/fold-repeats.ts'
import { diffLines } from '../run/matrix/html/diff-lines.ts'
import { fit, pad, printable } from '../run/terminal-text.ts'

const mostLines = 10
/** How many lines stand before the first difference. */
const linesBefore = 2
/** Below so many columns, two timelines have no place beside each other. */
const wide = 110

/** What crossed as it is and with the fault, one beside the other; in a narrow terminal laid over each other. */
export function timelineRows(
  clean: readonly TimelineLine[],
  faulted: readonly TimelineLine[],
  columns: number,
): readonly string[] {
  return columns >= wide ? sideBySide(foldLines(clean), foldLines(faulted), columns) : laidOver(clean, faulted, columns)
}

function foldLines(lines: readonly TimelineLine[]): readonly TimelineLine[] {
  return foldRepeats(lines, (line) => `${mark(line)}${textOf(line)}${line.note ?? ''}`).map((same) => ({
    ...same[0],
    note: `${same[0].note ?? ''}${timesText(same)}`,
  }))
}

function sideBySide(clean: readonly TimelineLine[], faulted: readonly TimelineLine[], columns: number): string[] {
  const half = Math.floor((columns - 3) / 2)
  const left = ['as it is', ...clean.map((line) => `${mark(line)} ${textOf(line)}${line.note ?? ''}`)]
  const right = ['with the fault', ...faulted.map((line) => `${mark(line)} ${textOf(line)}${line.note ?? ''}`)]
  const differs = faulted.findIndex((line, i) => line.struck || wholeOf(line) !== wholeOf(clean[i]))
  const from = 1 + Math.max(0, differs - linesBefore)
  const rows = Math.min(mostLines, Math.max(left.length, right.length) - from)
  const row = (i: number): string => `${pad(fit(left[i] ?? '', half), half)} │ ${fit(right[i] ?? '', half)}`
  return [row(0), ...Array.from({ length: Math.max(0, rows) }, (_, i) => row(from + i))]
}

/** What was struck and what differs from there on, with what stands right before; the rest is left out. */
function laidOver(clean: readonly TimelineLine[], faulted: readonly TimelineLine[], columns: number): string[] {
  // Whether a connection is opened anew is chance.
  const [was, is] = [clean, faulted].map((lines) =>
    lines.filter(({ text, struck }) => struck || !/^CONNECT\b/.test(text)),
  )
  let at = 0
  const all = diffLines(was!.map(textOf), is!.map(textOf)).map(({ kind, text }) => {
    const line = kind === 'gone' ? undefined : is![at++]
    return {
      sign: line?.struck ? '⚡' : line?.lifted ? '·' : kind === 'gone' ? '-' : kind === 'new' ? '+' : ' ',
      text: `${text}${line?.note ?? ''}`,
    }
  })
  const rows = foldRepeats(all, ({ sign, text }) => `${sign}${text}`).map((same) => {
    const [{ sign, text }] = same
    return { sign, text: `${text}${timesText(same)}` }
  })
  const struck = rows.findIndex(({ sign }) => sign === '⚡')
  const shown = rows.flatMap(({ sign, text }, i) => {
    const isNear = rows[i + 1] !== undefined && rows[i + 1]!.sign !== ' ' && i + 1 >= struck
    return (sign === ' ' ? isNear : i >= struck) ? [{ i, line: fit(`${pad(sign, 2)} ${text}`, columns) }] : []
  })
  const lines = shown.flatMap(({ i, line }, n) => (n > 0 && shown[n - 1]!.i < i - 1 ? ['   …', line] : [line]))
  const more = lines.length - mostLines
  return [
    fit('with the fault: ⚡ struck, - missing, + more than as it is', columns),
    ...lines.slice(0, mostLines),
    ...(more > 0 ? [`   and ${more} more`] : []),
  ]
}

function mark({ struck }: TimelineLine): string {
  return struck ? '⚡' : ' '
}

function wholeOf(line: TimelineLine | undefined): string {
  return `${line?.text}${line?.note ?? ''}`
}

function textOf({ boundary, text }: TimelineLine): string {
  return printable(`${boundary}  ${text}`)
}
