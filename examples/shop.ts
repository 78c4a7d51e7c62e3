/**
 * The shop on real servers: its suite under `mortar check`, and the report in Python from recordings. With `--all`,
 * each of its planted mistakes is shown and found too, and what is not there to try it with is a failure.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPacked, step } from './install.ts'
import { proveReport } from './report-matrix.ts'
import { proveContract } from './shop-contract.ts'
import { proveMatrix } from './shop-matrix.ts'

/** What of a run's `summary.json` is told at the end. */
interface Shown {
  readonly totals: { readonly tests: { readonly passed: number }; readonly exchanges: number }
  readonly boundaries: readonly { readonly name: string; readonly exchanges: number }[]
}

const all = process.argv.includes('--all')
const shop = new URL('./shop/', import.meta.url)
const python = new URL('./python-report/', shop)
await installPacked(shop)

if (has('python3', '--version')) {
  const command = 'npx --no-install mortar run -- python3 -m unittest'
  await step('A program in Python, the gateway answered from recordings: mortar run', command, python)
  if (all) await proveReport(python)
} else skip('python3 is not installed')

const start = 'npx --no-install mortar up orders events -- node --version'
const servers = spawnSync(start, { cwd: shop, shell: true, encoding: 'utf8' })
if (servers.status === 0) {
  await step('The shop on real servers, a private state for every test: mortar check', 'npm run --silent check', shop)
  showSummary()
  if (all) {
    await step('Each mistake that was planted in the shop shows itself', 'npm run --silent proof', shop)
    console.log('\n▸ Each of them is found: mortar matrix and mortar check, on the shop and on its branch without them')
    await proveMatrix(shop)
    console.log('\n▸ What was proved to be needed of the gateway is what the source reads, and Pact takes it')
    await proveContract(shop)
  }
} else skip(`PostgreSQL and RabbitMQ are not both there:\n\n${servers.stderr}`)

function has(program: string, argument: string): boolean {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0
}

/** Says what was not shown; where everything has to be there, that is a failure. */
function skip(reason: string): void {
  console.error(`\n▸ SKIPPED: ${reason}`)
  if (all) process.exitCode = 1
}

function showSummary(): void {
  const runs = new URL('.mortar/runs/', shop)
  const latest = readdirSync(runs).sort().at(-1)
  const { totals, boundaries } = JSON.parse(readFileSync(new URL(`${latest}/summary.json`, runs), 'utf8')) as Shown
  const report = fileURLToPath(new URL('.mortar/report.html', shop))
  const counts = boundaries.map(({ name, exchanges }) => `${exchanges} at ${name}`).join(', ')
  console.log(`
▸ What this showed
${totals.tests.passed} tests passed on real servers that were started for them and are gone again.
${totals.exchanges} exchanges were seen: ${counts}.

Report: ${relative(process.env['INIT_CWD'] ?? process.cwd(), report)}`)
}
