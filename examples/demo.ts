/** The main job on real recordings: imports them, runs `mortar check` on the triage bot, and makes GitHub misbehave. */
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPacked, runStep, step } from './install.ts'

/** What of a run's `summary.json` is told at the end. */
interface Shown {
  readonly totals: {
    readonly tests: { readonly passed: number }
    readonly exchanges: number
    readonly fromCassette: number
  }
}

/** What of `.mortar/matrix.json` is told at the end. */
interface MatrixShown {
  readonly cells: readonly unknown[]
  readonly findings: readonly { readonly sentence: string; readonly verdict: string; readonly reproduce: string }[]
  readonly weaknesses: readonly unknown[]
  readonly resilience: Share
  readonly vigilance: Share
}

interface Share {
  readonly good: number
  readonly of: number
}

const bot = new URL('./triage-bot/', import.meta.url)
await installPacked(bot)
console.log('\n▸ Importing real GitHub traffic, recorded by the maintainers of Octokit')
const imported = await runStep('npm run --silent recordings', fileURLToPath(bot))
if (imported.code !== 0) throw new Error(`the recordings were not imported:\n${imported.output}`)
// What was not carried is listed too; that is for those who import.
console.log(imported.output.split('\n\n', 1)[0])
await step(
  "Running the bot's own tests with its boundary attached: mortar check",
  'npx --no-install mortar check --no-matrix',
  bot,
)
await step(
  'Running them again, each time with one thing going wrong at GitHub: mortar matrix',
  // The bot is as most programs are; what is found is the point of this.
  'npx --no-install mortar matrix --budget 40s --fail-on never',
  bot,
  'quiet',
)

const runs = new URL('.mortar/runs/', bot)
const latest = readdirSync(runs).sort().at(-1)
const { totals } = JSON.parse(readFileSync(new URL(`${latest}/summary.json`, runs), 'utf8')) as Shown
const matrix = JSON.parse(readFileSync(new URL('.mortar/matrix.json', bot), 'utf8')) as MatrixShown

/** What a verdict means for the bot. */
const meanings: Readonly<Record<string, string>> = {
  hang: 'It sets no timeout: while GitHub is silent, so is the bot, and GitHub gives its webhook up.',
  'retry-storm': 'A list whose pages repeat is read until the bot is stopped, and uses up its rate limit.',
  unnoticed: 'A page of a proxy in place of an answer counts as a label that was created.',
  'unrelated-error': 'Its log tells of a missing function where a connection was lost.',
}

const mostFindings = 6
const columns = Math.min(100, process.stdout.columns || 100)
const told = new Set<string>()
console.log(`
▸ What this showed
The bot's ${totals.tests.passed} tests pass against what GitHub really answered: ${totals.fromCassette} of ${totals.exchanges} exchanges are recordings.
Run ${matrix.cells.length} times more, each time with one thing going wrong, they show ${matrix.findings.length} mistakes that none had looked for:
`)
for (const [i, { sentence, verdict }] of matrix.findings.slice(0, mostFindings).entries()) {
  tell(`${i + 1}. `, `${verdict}: ${sentence}`)
  const meaning = told.has(verdict) ? undefined : meanings[verdict]
  if (meaning !== undefined) tell('   → ', meaning)
  told.add(verdict)
}
const more = matrix.findings.length - mostFindings
if (more > 0) console.log(`   and ${more} more`)
const [first] = matrix.findings
if (!first) throw new Error('the matrix has found nothing, though the bot waits for GitHub without end')
const { resilience, vigilance, weaknesses } = matrix
console.log(`
Resilience: of ${resilience.of} errors, ${resilience.good} were handled, or made the bot fail in order.
Vigilance: of ${vigilance.of} wrong answers that would pass for good ones, the tests noticed ${vigilance.good}.
Weaknesses: ${weaknesses.length}. What passes by itself, such as one 503, makes the bot fail, in order.

Every exchange with every fault drawn into it: ${shown('.mortar/matrix.html')}
What the tests asked, and what answered:       ${shown('.mortar/report.html')}`)
console.log(`The first one again: (cd ${shown('.')} && ${first.reproduce})`)

function shown(path: string): string {
  return relative(process.env['INIT_CWD'] ?? process.cwd(), fileURLToPath(new URL(path, bot)))
}

/** Prints a text in lines of the terminal, those after the first one indented. */
function tell(mark: string, text: string): void {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && mark.length + last.length + 1 + word.length <= columns)
      lines.splice(-1, 1, `${last} ${word}`)
    else lines.push(word)
  }
  console.log(lines.map((line, i) => `${i === 0 ? mark : ' '.repeat(mark.length)}${line}`).join('\n'))
}
