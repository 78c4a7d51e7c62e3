import { createHash } from 'node:crypto'
import type { Summary } from '../summary/types.ts'
import { clientCode, clientStyle } from './client-code.ts'

/**
 * The HTML report: one file that loads nothing, not even if it wanted to, as its content security policy allows only
 * its own script and style, by hash. The summary is embedded as JSON and drawn by the script.
 */
export function renderReport(summary: Summary): string {
  const style = clientStyle()
  const code = clientCode()
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(code)}`,
    `style-src ${sourceHash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const verdict = summary.verdict.passed ? 'Passed' : 'Failed'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${verdict} · mortar check</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><strong>mortar check</strong><nav aria-label="Report"></nav><div class="tools"></div></header>
<main id="main" tabindex="-1"><noscript><h1>${verdict}</h1><p>The details need JavaScript.</p></noscript></main>
<script type="application/json" id="summary">${embeddedJson(summary)}</script>
<script type="module">${code}</script>
</body>
</html>
`
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** JSON that cannot end the element it stands in, whatever its strings hold. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
