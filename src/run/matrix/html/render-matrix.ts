import { createHash } from 'node:crypto'
import { isBad, type Verdict } from '../../../matrix/verdict.ts'
import { duration, plural } from '../../wording.ts'
import type { FindingDocument, MatrixDocument, Share, TimelineLine } from '../document.ts'
import { gridOf, type GridRow } from '../grid.ts'
import { matrixStyle } from './matrix-style.ts'

/** What a matrix has shown, as one page that loads nothing and needs no script. */
export async function renderMatrix(document: MatrixDocument): Promise<string> {
  const { findings, cells, tests, leftOut, unconfirmed, expiredRules } = document
  const hash = createHash('sha256').update(matrixStyle).digest('base64')
  const head = findings.length === 0 ? 'Nothing bad was found' : plural(findings.length, 'finding')
  const notes = [
    ...tests.excluded.map(({ test, state, why }) => `Not judged, ${state}: ${test.name}: ${why}`),
    ...expiredRules.map(({ reason, until }) => `A rule has expired on ${until}: ${reason}`),
    ...(unconfirmed > 0 ? [`${plural(unconfirmed, 'bad verdict')} did not show again, and is not counted.`] : []),
    ...(leftOut.length > 0 ? [`${plural(leftOut.length, 'cell')} were not run.`] : []),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(head)} · mortar matrix</title>
<link rel="icon" href="data:,">
<style>${matrixStyle}</style>
</head>
<body>
<header><strong>mortar matrix</strong><code>${text(document.command)}</code></header>
<main>
<h1>${text(head)}</h1>
<p>${plural(cells.length, 'cell')} over ${plural(tests.stable, 'test')} in ${duration(document.durationMs)}</p>
<dl class="numbers">${number('Resilience', document.resilience, 'errors handled or failed in order')}${number('Vigilance', document.vigilance, 'corruptions noticed')}</dl>
<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${findings.length === 0 ? '<p>None.</p>' : `<ol>${findings.map(finding).join('\n')}</ol>`}</section>
<section aria-labelledby="grid"><h2 id="grid">Every boundary and fault</h2>${grid(gridOf(cells))}</section>
${notes.length === 0 ? '' : `<section aria-labelledby="notes"><h2 id="notes">Not judged</h2><ul>${notes.map((note) => `<li>${text(note)}</li>`).join('')}</ul></section>`}
</main>
</body>
</html>
`
}

function finding(one: FindingDocument, i: number): string {
  const { sentence, verdict, oracle, test, expected, reproduce, evidence, clean, faulted } = one
  return `<li class="finding"><details${i === 0 ? ' open' : ''}><summary><span class="chip bad">${text(verdict)}</span> ${text(sentence)}</summary>
<p>${text(oracle)} in <q>${text(test.name)}</q>, ${text(test.file)}. Good code would ${text(expected)}.</p>
${evidence.length > 0 ? `<ul class="evidence">${evidence.map((line) => `<li>${text(line)}</li>`).join('')}</ul>` : ''}
<div class="timelines">${timeline('As it is', clean)}${timeline('With the fault', faulted)}</div>
<p>Shows it again: <code>${text(reproduce)}</code></p></details></li>`
}

function timeline(title: string, lines: readonly TimelineLine[]): string {
  const rows = lines.map(
    ({ ms, boundary, text: said, struck }) =>
      `<tr${struck ? ' class="struck"' : ''}><td>${ms} ms</td><td>${text(boundary)}</td><td>${struck ? '⚡ ' : ''}${text(said)}</td></tr>`,
  )
  return `<table><caption>${title}</caption><tbody>${rows.join('')}</tbody></table>`
}

function grid(rows: readonly GridRow[]): string {
  const body = rows.map(({ boundary, operation, faults }) => {
    const chips = faults.map(({ fault, verdict, count, cells }) => {
      const title = cells.map(({ id, test, what }) => `${id} ${test.name}: ${what}`).join('\n')
      return `<span class="chip ${kind(verdict)}" title="${text(title)}">${text(fault)}: ${text(verdict)}${count > 1 ? ` ×${count}` : ''}</span>`
    })
    return `<tr><th scope="row"><small>${text(boundary)}</small> ${text(operation)}</th><td>${chips.join(' ')}</td></tr>`
  })
  return `<table class="grid"><tbody>${body.join('\n')}</tbody></table>`
}

function kind(verdict: Verdict): string {
  if (isBad(verdict)) return 'bad'
  return verdict === 'handled' || verdict === 'noticed' ? 'good' : verdict === 'degraded' ? 'fair' : 'none'
}

function number(name: string, { good, of }: Share, what: string): string {
  const percent = of === 0 ? '–' : `${Math.round((good / of) * 100)} %`
  return `<div><dt>${name}</dt><dd>${percent}</dd><dd class="of">${good} of ${of} ${what}</dd></div>`
}

function text(value: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return value.replace(/[&<>"']/g, (character) => named[character]!)
}
