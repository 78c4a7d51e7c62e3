import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { programsIn, type Program } from '../corpus/program.ts'
import { commandLine, stage } from '../corpus/stage.ts'
import { number, table } from './table.ts'

interface Seen {
  readonly cells: readonly { readonly id: string; readonly after?: unknown; readonly detail?: unknown }[]
  readonly leftOut: readonly { readonly id: string }[]
  readonly tests: { readonly excluded: readonly object[] }
  readonly findings: readonly { readonly sentence: string; readonly cells: readonly string[] }[]
}

const full = 'tests,places,kinds'
const variants = [
  ['nothing left out', full],
  ['first and last exchange', 'tests,kinds'],
  ['two tests', 'places,kinds'],
  ['what differs in little once', 'tests,places'],
  ['all three', ''],
] as const

/**
 * Whether a step of pruning loses a finding of the full product, over the buggy twins of the corpus: which of the cells
 * that show a finding there are in the plan that the step leaves.
 *
 * @param progress - Hears of each program.
 */
export async function ablation(_rounds: number, progress: (text: string) => void): Promise<string> {
  const wanted = process.env.BENCH_PROGRAMS?.split(',')
  const all = programsIn(join(import.meta.dirname, '../corpus')).filter(
    ({ name, bug }) => bug !== null && (wanted?.includes(name) ?? true),
  )
  const cells = new Map<string, number>()
  const kept = new Map<string, number>()
  const lost: string[] = []
  let findings = 0
  for (const program of all) {
    progress(`ablation: ${program.name}`)
    const product = await run(program, full, [])
    findings += product.findings.length
    for (const [name, unpruned] of variants) {
      const plan = unpruned === full ? product : await run(program, unpruned, ['--budget', '1ms'])
      const ids = new Set([...plan.cells, ...plan.leftOut].map(({ id }) => id))
      // Pairs and cells of fields follow from what other cells have shown.
      const later = new Set(product.cells.filter(({ after, detail }) => after || detail).map(({ id }) => id))
      cells.set(name, (cells.get(name) ?? 0) + [...ids].filter((id) => !later.has(id)).length)
      for (const { sentence, cells: own } of product.findings) {
        if (own.some((id) => ids.has(id) || later.has(id))) kept.set(name, (kept.get(name) ?? 0) + 1)
        else lost.push(`- lost by “${name}”: ${program.name}: ${sentence}`)
      }
    }
  }
  const rows = variants.map(([name]) => [
    name,
    number(cells.get(name)),
    `${number(kept.get(name))} of ${number(findings)}`,
  ])
  return [table([`${all.length} programs`, 'cells', 'findings kept'], rows), ...lost].join('\n\n')
}

async function run(program: Program, unpruned: string, args: readonly string[], tries = 3): Promise<Seen> {
  const { directory, node, close } = stage(program, 'buggy')
  try {
    const env = { MORTAR_MATRIX_UNPRUNED: unpruned }
    const matrix = [commandLine, 'matrix', '--no-cache', '--fail-on', 'never', ...args]
    const { code, said } = await node(matrix, { env })
    if (code !== 0) throw new Error(`${program.name}: the matrix ended with ${code}:\n${said}`)
    const seen = JSON.parse(readFileSync(join(directory, '.mortar/matrix.json'), 'utf8')) as Seen
    if (seen.tests.excluded.length === 0) return seen
  } finally {
    close()
  }
  // On a busy machine a test may fail by itself; then nothing was planned for it.
  if (tries > 1) return run(program, unpruned, args, tries - 1)
  throw new Error(`${program.name}: its tests do not go well by themselves`)
}
