import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { eachOf } from '../corpus/each-of.ts'
import { programsIn, type Program } from '../corpus/program.ts'
import { commandLine, stage } from '../corpus/stage.ts'
import { copyShop, isShopInstalled } from './shop-copy.ts'
import { number, table } from './table.ts'

interface Seen {
  readonly cells: readonly { readonly id: string; readonly after?: unknown; readonly detail?: unknown }[]
  readonly leftOut: readonly { readonly id: string }[]
  readonly tests: { readonly excluded: readonly { readonly state: string }[] }
  readonly findings: readonly Finding[]
}

interface Finding {
  readonly sentence: string
  /** Equal for what may be the same in another run. */
  readonly key: string
  readonly cells: readonly string[]
}

/** A project whose matrix is run. */
interface Subject {
  readonly name: string
  /** @param unpruned - Steps of pruning that are left out. */
  run(unpruned: string, args: readonly string[]): Promise<Seen>
}

const full = 'tests,places,kinds'
const variants = [
  ['nothing left out', full],
  ['first and last exchange', 'tests,kinds'],
  ['two tests', 'places,kinds'],
  ['what differs in little once', 'tests,places'],
  ['all three', ''],
] as const
const planOnly = ['--budget', '1ms']
const timeoutMs = 3_600_000

/**
 * Whether a step of pruning loses a finding of the full product, over the buggy twins of the corpus and the shop: which
 * of the cells that show a finding there are in the plan that the step leaves. With all steps the matrix is run, and
 * its findings are compared too. The full product is run only where some step leaves something out.
 *
 * `BENCH_PROGRAMS=shop,never-settled` narrows it, `BENCH_JOBS` says how many run at a time (default 1).
 *
 * @param progress - Hears of each program.
 */
export async function ablation(_rounds: number, progress: (text: string) => void): Promise<string> {
  const wanted = process.env.BENCH_PROGRAMS?.split(',')
  const subjects = [...corpus(), ...shop(progress)].filter(({ name }) => wanted?.includes(name) ?? true)
  const cells = new Map<string, number>()
  const kept = new Map<string, number>()
  const rows: string[][] = []
  const lost: string[] = []
  const [findings, seen] = [new Map<string, number>(), new Map<string, number>()]
  const add = (to: Map<string, number>, name: string, more: number): void =>
    void to.set(name, (to.get(name) ?? 0) + more)
  let untouched = 0
  await eachOf(subjects, Number(process.env.BENCH_JOBS ?? 1), async (subject) => {
    const plans = new Map<string, ReadonlySet<string>>()
    for (const [name, unpruned] of variants) {
      const { leftOut, cells: own } = await subject.run(unpruned, planOnly)
      plans.set(name, new Set([...own, ...leftOut].map(({ id }) => id)))
      add(cells, name, plans.get(name)!.size)
    }
    const sizes = [...plans.values()].map(({ size }) => size)
    rows.push([subject.name, ...sizes.map((size) => number(size))])
    progress(`ablation: ${subject.name}: ${sizes.join(', ')} cells`)
    // Where no step leaves anything out, none loses anything.
    if (new Set(sizes).size === 1) return void untouched++
    const product = await subject.run(full, [])
    const pruned = await subject.run('', [])
    // Pairs and cells of fields follow from what other cells have shown.
    const later = new Set(product.cells.filter(({ after, detail }) => after || detail).map(({ id }) => id))
    add(findings, 'all', product.findings.length)
    const lose = (what: string, { sentence }: Finding): void => {
      lost.push(`- ${what}: ${subject.name}: ${sentence}`)
      progress(lost.at(-1)!)
    }
    for (const one of product.findings) {
      for (const [name, plan] of plans) {
        if (one.cells.some((id) => plan.has(id) || later.has(id))) add(kept, name, 1)
        else lose(`lost by “${name}”`, one)
      }
      const isSame = (other: Finding): boolean =>
        other.key === one.key || other.cells.some((id) => one.cells.includes(id))
      if (pruned.findings.some(isSame)) add(seen, 'all', 1)
      else lose('not found with all three', one)
    }
    progress(`ablation: ${subject.name}: ${product.findings.length} findings, ${pruned.findings.length} with all three`)
  })
  const total = number(findings.get('all') ?? 0)
  const summary = variants.map(([name]) => [
    name,
    number(cells.get(name)),
    `${number(kept.get(name) ?? 0)} of ${total}`,
  ])
  const touched = subjects.length - untouched
  return [
    table([`${subjects.length} programs`, 'cells', `findings kept, of ${touched} programs`], summary),
    `No step leaves anything out of the other ${untouched}. Run with all three: ${number(seen.get('all') ?? 0)} of ${total} findings.`,
    ...(lost.length > 0 ? [lost.join('\n')] : []),
    table(
      ['cells of', ...variants.map(([name]) => name)],
      rows.toSorted((a, b) => a[0]!.localeCompare(b[0]!)),
    ),
  ].join('\n\n')
}

function corpus(): readonly Subject[] {
  return programsIn(join(import.meta.dirname, '../corpus'))
    .filter(({ bug }) => bug !== null)
    .map((program) => ({ name: program.name, run: (unpruned, args) => runProgram(program, unpruned, args) }))
}

async function runProgram(program: Program, unpruned: string, args: readonly string[]): Promise<Seen> {
  return retried(program.name, async () => {
    const { directory, node, close } = stage(program, 'buggy')
    try {
      const env = { MORTAR_MATRIX_UNPRUNED: unpruned }
      const { code, said } = await node(lineOf(args), { env, timeoutMs })
      return readSeen(directory, code, said)
    } finally {
      close()
    }
  })
}

/** The shop, where it is installed: `npm run demo:shop` does that. */
function shop(progress: (text: string) => void): readonly Subject[] {
  if (!isShopInstalled()) {
    progress('ablation: the shop is not installed, so it is left out; npm run demo:shop installs it')
    return []
  }
  return [{ name: 'shop', run: (unpruned, args) => retried('shop', () => runShop(unpruned, args)) }]
}

async function runShop(unpruned: string, args: readonly string[]): Promise<Seen> {
  const { folder, close } = copyShop()
  try {
    const child = spawn(process.execPath, lineOf(args), {
      cwd: folder,
      env: { ...process.env, MORTAR_MATRIX_UNPRUNED: unpruned, MORTAR_RUN: undefined },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: timeoutMs,
    })
    const ended = new Promise<number | null>((found, failed) => void child.once('close', found).once('error', failed))
    const [code, said] = await Promise.all([ended, text(child.stderr)])
    return readSeen(folder, code, said)
  } finally {
    close()
  }
}

function lineOf(args: readonly string[]): readonly string[] {
  return [commandLine, 'matrix', '--no-cache', '--fail-on', 'never', ...args]
}

function readSeen(folder: string, code: number | null, said: string): Seen {
  if (code !== 0) throw new Error(`the matrix ended with ${code}:\n${said}`)
  return JSON.parse(readFileSync(join(folder, '.mortar/matrix.json'), 'utf8')) as Seen
}

/** On a busy machine a test may fail by itself; then nothing was planned for it. */
async function retried(name: string, run: () => Promise<Seen>, tries = 3): Promise<Seen> {
  const seen = await run()
  if (seen.tests.excluded.every(({ state }) => state === 'armed')) return seen
  if (tries > 1) return retried(name, run, tries - 1)
  throw new Error(`${name}: its tests do not go well by themselves`)
}
