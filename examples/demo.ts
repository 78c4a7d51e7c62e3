/** The main job on real recordings: imports them, and runs `mortar check` on the triage bot. */
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPacked, step } from './install.ts'

/** What of a run's `summary.json` is told at the end. */
interface Shown {
  readonly totals: {
    readonly tests: { readonly passed: number }
    readonly exchanges: number
    readonly fromCassette: number
  }
}

const bot = new URL('./triage-bot/', import.meta.url)
await installPacked(bot)
await step('Importing real GitHub traffic, recorded by the maintainers of Octokit', 'npm run --silent recordings', bot)
await step("Running the bot's own tests with its boundary attached: mortar check", 'npx --no-install mortar check', bot)

const runs = new URL('.mortar/runs/', bot)
const latest = readdirSync(runs).sort().at(-1)
const { totals } = JSON.parse(readFileSync(new URL(`${latest}/summary.json`, runs), 'utf8')) as Shown
const report = fileURLToPath(new URL('.mortar/report.html', bot))
console.log(`
▸ What this showed
The bot's ${totals.tests.passed} tests passed against what GitHub really answered: ${totals.fromCassette} of ${totals.exchanges} exchanges came from recordings.
Had the bot asked GitHub anything else than what was recorded, the check would have failed and said what differs.

Report: ${relative(process.env['INIT_CWD'] ?? process.cwd(), report)}`)
