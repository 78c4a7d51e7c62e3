import type { TimelineLine } from '../document.ts'
import { foldRepeats, timesText } from '../fold-repeats.ts'
import { diffLines } from './diff-lines.ts'
import { text } from './html-text.ts'

/** What stands beside each other: of lines that are in one run only, the other has none. */
interface Row {
  readonly clean: TimelineLine | undefined
  readonly faulted: TimelineLine | undefined
}

/** How many lines that are as ever stay around one that is not. */
const around = 2

/** Two runs of a test side by side, line by line; what went as ever or was said again is folded, until somebody wants to see all. */
export function timelineTable(clean: readonly TimelineLine[], faulted: readonly TimelineLine[]): string {
  const rows = rowsOf(clean, faulted)
  const groups = foldRepeats(rows, keyOfRow)
  const telling = groups.flatMap(([first], i) => (isUsual(first) ? [] : [i]))
  const isShown = (i: number): boolean => telling.some((at) => Math.abs(at - i) <= around)
  const body: string[] = []
  let folded = 0
  const close = (): void => {
    if (folded > 0) body.push(`<tr class="folded"><td colspan="2">⋯ ${folded} as ever</td></tr>`)
    folded = 0
  }
  for (const [i, same] of groups.entries()) {
    if (isShown(i)) close()
    else folded += same.length
    const [first, ...others] = same
    body.push(rowOf(first, isShown(i), timesText(same)), ...others.map((row) => rowOf(row, false)))
  }
  close()
  const hides = groups.length < rows.length || groups.some((_, i) => !isShown(i))
  const caption = hides
    ? '<caption><label><input type="checkbox"> every line</label></caption>'
    : '<caption class="said">Both runs</caption>'
  return `<table class="timelines">${caption}<thead><tr><th scope="col">As it is</th><th scope="col">With the fault</th></tr></thead>
<tbody>${body.join('') || '<tr><td>nothing</td><td>nothing</td></tr>'}</tbody></table>`
}

function isUsual({ clean, faulted }: Row): boolean {
  return clean !== undefined && faulted !== undefined && !faulted.struck
}

/** By when they were asked, rows are never alike. */
function keyOfRow({ clean, faulted }: Row): string {
  return JSON.stringify([clean, faulted].map((line) => line && { ...line, ms: 0 }))
}

function rowsOf(clean: readonly TimelineLine[], faulted: readonly TimelineLine[]): readonly Row[] {
  const whole = ({ boundary, text: said }: TimelineLine): string => `${boundary}\0${said}`
  const left = clean.values()
  const right = faulted.values()
  const rows: Row[] = []
  for (const { kind } of diffLines(clean.map(whole), faulted.map(whole))) {
    if (kind === 'same') rows.push({ clean: left.next().value, faulted: right.next().value })
    else if (kind === 'gone') rows.push({ clean: left.next().value, faulted: undefined })
    else {
      // Beside what is only in the other run, where there is room.
      const at = rows.findLastIndex((row) => row.faulted !== undefined) + 1
      const line = { faulted: right.next().value }
      if (at < rows.length) rows.splice(at, 1, { clean: rows[at]!.clean, ...line })
      else rows.push({ clean: undefined, ...line })
    }
  }
  return rows
}

/** @param often - Stands for so many that are alike. */
function rowOf({ clean, faulted }: Row, isShown: boolean, often = ''): string {
  const times = often === '' ? '' : `<b class="times">${often}</b>`
  const differs = clean === undefined || faulted === undefined || clean.text !== faulted.text
  const kind = (is: string): string => (differs ? ` class="${is}"` : '')
  const left = clean ? `<td${kind('gone')}>${lineOf(clean, differs ? 'only here: ' : '')}${times}</td>` : '<td></td>'
  const struck = faulted?.struck === true
  const said = struck ? 'struck: ' : differs && !faulted?.lifted ? 'only with the fault: ' : ''
  const right = faulted
    ? `<td${struck ? ' class="struck"' : kind('new')}>${struck ? '<span aria-hidden="true">⚡ </span>' : ''}${lineOf(faulted, said)}${times}</td>`
    : '<td></td>'
  return `<tr${isShown ? '' : ' class="usual"'}>${left}${right}</tr>`
}

function lineOf({ ms, boundary, text: said, note = '' }: TimelineLine, word: string): string {
  return `${word === '' ? '' : `<span class="said">${word}</span>`}<small>${Math.round(ms)} ms ${text(boundary)}</small> ${text(said)}${text(note)}`
}
