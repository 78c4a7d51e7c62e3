import { duration, plural } from '../../wording.ts'
import type { MatrixDocument, Share } from '../document.ts'
import { contractSection } from './contract-section.ts'
import { type Drawings, drawFaults } from './draw-faults.ts'
import { filterSection, filterStyle, sourceHash } from './filter-section.ts'
import { findingSection } from './finding-section.ts'
import { gridSection } from './grid-section.ts'
import { text } from './html-text.ts'
import { matrixStyle } from './matrix-style.ts'
import { noteSection } from './note-section.ts'
import { operationSection } from './operation-section.ts'
import { indexPage } from './page-index.ts'
import { pageScript } from './page-script.ts'
import { legend } from './verdict-mark.ts'
import { weaknessSection } from './weakness-section.ts'

type Section = readonly [id: string, nav: string, title: string, inner: string]

/** How often a page of a matrix that runs is loaded again, seconds. */
const reloadSeconds = 2

/** What a matrix has shown, as one page that loads nothing and can be read without a script. */
export async function renderMatrix(document: MatrixDocument): Promise<string> {
  return renderPage(document, await drawFaults(document, indexPage(document)))
}

/** The same at once. @param drawings - Default: nothing is drawn. */
export function renderPage(document: MatrixDocument, drawings: Drawings = new Map()): string {
  const { state, findings, cells, tests, leftOut } = document
  const index = indexPage(document)
  const style = `${matrixStyle}${filterStyle(index)}`
  const policy = `default-src 'none'; style-src ${sourceHash(style)}; script-src ${sourceHash(pageScript)}; img-src data:; base-uri 'none'; form-action 'none'`
  const found = findings.length === 0 ? 'Nothing bad was found' : plural(findings.length, 'finding')
  const head = state === 'finished' ? found : `${found} so far`
  const grid = `${filterSection(index)}${legend(new Set(index.verdicts.keys()))}${gridSection(index)}`
  const all: readonly Section[] = [
    ['findings', 'Findings', 'Findings', findingSection(document)],
    ['weaknesses', 'Weaknesses', 'Weaknesses', weaknessSection(document.weaknesses)],
    ['numbers', 'Numbers', 'In numbers', numbers(document)],
    ['grid', 'Grid', 'Every operation under every fault', grid],
    ['exchanges', 'Exchanges', 'Exchanges, with the fault in them', operationSection(document, index, drawings)],
    ['contracts', 'Contracts', 'What the program needs', contractSection(document.contracts, index.boundaries)],
    ['notes', 'Not judged', 'Not judged, left out', noteSection(document)],
  ]
  const sections = all.filter(([, , , inner]) => inner !== '')
  const nav = sections.map(([id, name]) => `<a href="#${id}">${name}</a>`)
  const body = sections.map(
    ([id, , title, inner]) => `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${inner}</section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${state === 'running' ? `<meta http-equiv="refresh" content="${reloadSeconds}">\n` : ''}<title>${text(head)} · mortar matrix</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body data-run="${Math.round(document.at)}" data-state="${text(state)}">
<a class="skip" href="#main">Skip to content</a>
<header><strong>mortar matrix</strong><code>${text(document.command)}</code><nav aria-label="Page">${nav.join('')}</nav></header>
<main id="main" tabindex="-1">
<h1>${text(head)}</h1>
<p>${lead(cells.length, tests.stable)}, in ${duration(document.durationMs)}${state === 'interrupted' ? '; it was <strong>interrupted</strong>, and this is what was known by then' : ''}</p>
${state === 'running' ? progress(cells.length, cells.length + leftOut.length, document.at + document.durationMs) : ''}
${body.join('\n')}
</main>
<script type="module">${pageScript}</script>
</body>
</html>
`
}

/** What a cell is, for those who have not met one. */
function lead(cells: number, tests: number): string {
  const runs = cells === 1 ? '1 run' : `${cells.toLocaleString('en')} runs`
  return `${plural(tests, 'test')}, and ${runs} of them in which one thing went wrong at one exchange (a <em>cell</em>), compared with what happens when nothing does`
}

function numbers({ resilience, vigilance, contractCoverage }: MatrixDocument): string {
  return `<dl class="numbers">${number('Resilience', resilience, 'errors handled or failed in order')}${number('Vigilance', vigilance, 'times that data was wrong, a test has noticed')}${number('Contract coverage', contractCoverage, 'fields that the program reads are missed when they are gone')}</dl>`
}

function progress(done: number, of: number, at: number): string {
  return `<p><label for="progress">${of === 0 ? 'Running the tests as they are' : `Running: ${done} of ${of} cells`}</label><progress id="progress"${of === 0 ? '' : ` max="${of}" value="${done}"`}></progress><span class="note">as of ${new Date(at).toISOString().slice(11, 19)} UTC; this page loads itself again</span></p>`
}

function number(name: string, { good, of }: Share, what: string): string {
  const percent = of === 0 ? '–' : `${Math.round((good / of) * 100)} %`
  return `<div><dt>${name}</dt><dd>${percent}</dd><dd class="of">${of === 0 ? 'nothing to count' : `${good} of ${of} ${what}`}</dd></div>`
}
