/**
 * What is found in the shop without anybody saying where to look: each mistake of its list, by the matrix or by the
 * timeline of its suite, and nothing on the branch that has none of them (`shop/fixed`).
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runStep } from './install.ts'

/** How `planted-mistakes.json` says that a mistake is found. */
interface FoundBy {
  readonly by: 'matrix' | 'weakness' | 'timeline'
  readonly boundary: string
  readonly operation: string
  readonly fault?: string
  readonly verdict?: string
  /** Of what the cell says it led to, a part. */
  readonly what?: string
  /** Code of the timeline. */
  readonly rule?: string
}

interface Mistake {
  readonly id: string
  readonly foundBy: FoundBy
}

/** What is read of `.mortar/matrix.json`. */
interface Matrix {
  readonly durationMs: number
  readonly cells: readonly (Required<Omit<FoundBy, 'by' | 'rule'>> & { readonly id: string })[]
  readonly findings: readonly { readonly sentence: string; readonly cells: readonly string[] }[]
  readonly weaknesses: readonly { readonly sentence: string; readonly cells: readonly string[] }[]
  readonly tests: {
    readonly stable: number
    readonly excluded: readonly { readonly state: string; readonly why: string }[]
  }
}

/** What is read of a run's `summary.json`. */
interface Summary {
  readonly totals: { readonly tests: { readonly passed: number } }
  readonly findings: readonly { readonly code: string; readonly boundary: string; readonly title: string }[]
}

/** What one branch has shown. */
interface Shown {
  readonly matrix: Matrix
  readonly summary: Summary
}

const check = 'npx --no-install mortar check'
const matrix = 'npx --no-install mortar matrix --fail-on never'
const proof =
  'npx --no-install vitest run --config proof/vitest.config.ts --testTimeout 20000 --reporter=json --outputFile=.mortar/proof.json'

/**
 * Runs the matrix over both branches and prints by what each mistake is found.
 *
 * @param shop - Folder of the shop, installed, in which `mortar check` has run.
 * @throws Error that names each mistake that was not found, and all that the fixed branch was blamed for
 */
export async function proveMatrix(shop: URL): Promise<void> {
  const fixed = stageFixed(shop)
  try {
    // The timeline of a run is that of a machine with nothing else to do; most of a matrix is waiting.
    await wanted(check, fixed)
    const [asItIs, mended] = await Promise.all([showAsItIs(shop), showMended(fixed)])
    const problems = [...findMistakes(mistakesOf(shop), asItIs), ...mended]
    if (problems.length > 0) throw new Error(problems.join('\n'))
  } finally {
    const shown = join(fixed, '.mortar/matrix.json')
    if (existsSync(shown)) cpSync(shown, new URL('.mortar/matrix-of-fixed.json', shop))
    rmSync(fixed, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function showAsItIs(shop: URL): Promise<Shown> {
  const directory = fileURLToPath(shop)
  await wanted(matrix, directory)
  return shownIn(directory)
}

/** Every complaint about the branch without mistakes. */
async function showMended(directory: string): Promise<readonly string[]> {
  await wanted('npx --no-install tsc -p tsconfig.json', directory)
  await runStep(proof, directory)
  await wanted(matrix, directory)
  const { matrix: seen, summary } = shownIn(directory)
  const sentences = [
    ...seen.findings.map(({ sentence }) => sentence),
    ...seen.weaknesses.map(({ sentence }) => sentence),
    ...seen.tests.excluded.filter(({ state }) => state !== 'armed').map(({ why }) => why),
    ...summary.findings.map(({ code, title }) => `${code}: ${title}`),
    ...stillProven(directory),
  ]
  const { passed } = summary.totals.tests
  console.log(`
The branch without them: ${passed} tests pass; ${seen.cells.length} cells in ${Math.round(seen.durationMs / 1000)} s, and ${sentences.length} complaints.`)
  return sentences.map((sentence) => `the fixed branch is blamed: ${sentence}`)
}

/** The mistakes that still show themselves. */
function stillProven(directory: string): readonly string[] {
  const report = JSON.parse(readFileSync(join(directory, '.mortar/proof.json'), 'utf8')) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
    }[]
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const left = tests.filter(({ title, status }) => status !== 'failed' && !title.startsWith('there is a proof'))
  return left.map(({ title }) => `its proof still shows ${title}`)
}

/** Prints the table. @returns What was not found. */
function findMistakes(mistakes: readonly Mistake[], shown: Shown): readonly string[] {
  const rows = mistakes.map(({ id, foundBy }) => ({ id, foundBy, isFound: isFound(foundBy, shown) }))
  const widest = Math.max(...rows.map(({ id }) => id.length))
  const lines = rows.map(
    ({ id, foundBy, isFound: found }) => `${found ? '✓' : '✗'} ${id.padEnd(widest)}  ${told(foundBy)}`,
  )
  const { cells, durationMs, findings, weaknesses } = shown.matrix
  console.log(`
The shop as it is: ${findings.length} findings and ${weaknesses.length} weaknesses in ${cells.length} cells and ${Math.round(durationMs / 1000)} s.

${lines.join('\n')}`)
  return rows.flatMap(({ id, foundBy, isFound: found }) => (found ? [] : [`${id} is not found by ${told(foundBy)}`]))
}

function isFound(by: FoundBy, { matrix: seen, summary }: Shown): boolean {
  const { boundary, operation, fault, verdict = 'degraded', what = '', rule } = by
  if (by.by === 'timeline') {
    return summary.findings.some(
      (one) => one.code === rule && one.boundary === boundary && one.title.includes(operation),
    )
  }
  const counted = new Set((by.by === 'matrix' ? seen.findings : seen.weaknesses).flatMap(({ cells }) => cells))
  return seen.cells.some(
    (cell) =>
      counted.has(cell.id) &&
      cell.boundary === boundary &&
      cell.operation === operation &&
      cell.fault === fault &&
      cell.verdict === verdict &&
      cell.what.includes(what),
  )
}

function told({ by, boundary, operation, fault, verdict, rule }: FoundBy): string {
  const what = by === 'timeline' ? rule : `${fault} → ${verdict ?? 'degraded'}`
  return `${by}: ${what}, at ${operation} (${boundary})`
}

function mistakesOf(shop: URL): readonly Mistake[] {
  const text = readFileSync(new URL('test/planted-mistakes.json', shop), 'utf8')
  return (JSON.parse(text) as { readonly mistakes: readonly Mistake[] }).mistakes
}

function shownIn(directory: string): Shown {
  const runs = join(directory, '.mortar/runs')
  // Runs that were told to wait for something else have no summary.
  const latest = readdirSync(runs)
    .toSorted()
    .findLast((run) => existsSync(join(runs, run, 'summary.json')))!
  return {
    matrix: JSON.parse(readFileSync(join(directory, '.mortar/matrix.json'), 'utf8')) as Matrix,
    summary: JSON.parse(readFileSync(join(runs, latest, 'summary.json'), 'utf8')) as Summary,
  }
}

/** The shop with the files of its fixed branch in their places, with the packages of the shop. */
function stageFixed(shop: URL): string {
  const from = fileURLToPath(shop)
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'shop-fixed-')))
  const leftOut = new Set(['node_modules', '.mortar', 'fixed'].map((name) => join(from, name)))
  cpSync(from, directory, { recursive: true, filter: (path) => !leftOut.has(path) })
  cpSync(join(from, 'fixed'), directory, { recursive: true })
  symlinkSync(join(from, 'node_modules'), join(directory, 'node_modules'), 'dir')
  return directory
}

async function wanted(command: string, directory: string): Promise<void> {
  const { code, output } = await runStep(command, directory)
  if (code !== 0) throw new Error(`\`${command}\` exited with ${code} in ${directory}:\n${output}`)
}
