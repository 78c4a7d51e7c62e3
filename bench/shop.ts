import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, cpSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { installPacked } from '../examples/install.ts'
import { median, Samples } from './measure.ts'
import { everydayChanges, type LineChange, linesByChance } from './shop-changes.ts'
import { copyShop } from './shop-copy.ts'
import { number, table, verdict } from './table.ts'
import { onTwoCores } from './two-cores.ts'

const wholeSeconds = 60
const againSeconds = 10
const mostMs = 600_000

/** What is read of `.mortar/matrix.json`. */
interface Matrix {
  readonly at: string
  readonly cells: readonly { readonly cached?: unknown }[]
  readonly findings: readonly unknown[]
}

/**
 * The matrix of the example shop on two cores, as its users have it: whole, again, and again after one line has
 * changed, by a command that starts everything anew and by one that has stayed (`--watch`).
 *
 * `BENCH_LINES=16` changes so many lines chosen by chance as well, `BENCH_SEED` others.
 *
 * @param progress - Hears of each matrix.
 */
export async function shop(rounds: number, progress: (text: string) => void): Promise<string> {
  progress('shop: installing it')
  await installPacked(new URL('../examples/shop/', import.meta.url))
  const samples = new Samples()
  const { folder, close } = copyShop()
  const known = `${folder}-known`
  const chosen = linesByChance(folder, Number(process.env.BENCH_LINES ?? 0), Number(process.env.BENCH_SEED ?? 1))
  const changes = [...everydayChanges, ...chosen]
  const add = (name: string, { seconds, cells, findings }: Took): void => {
    samples.add(name, seconds)
    samples.add(`${name}, cells`, cells)
    progress(`shop: ${name}: ${number(seconds, 1)} s, ${cells} cells run, ${findings} findings`)
  }
  try {
    for (let round = 1; round <= rounds; round++) {
      progress(`shop, round ${round} of ${rounds}`)
      rmSync(join(folder, '.mortar'), { recursive: true, force: true })
      add('whole', await plain(folder))
      add('same', await plain(folder))
      rmSync(known, { recursive: true, force: true })
      cpSync(join(folder, '.mortar'), known, { recursive: true })
      for (const change of changes) {
        rmSync(join(folder, '.mortar'), { recursive: true })
        cpSync(known, join(folder, '.mortar'), { recursive: true })
        const undo = apply(folder, change)
        add(`plain ${change.name}`, await plain(folder))
        undo()
      }
      await watched(folder, changes, (change, took) => add(`watch ${change.name}`, took))
    }
  } finally {
    close()
    for (const path of [known, outputOf(folder)]) rmSync(path, { recursive: true, force: true })
  }
  return shown(samples, chosen)
}

function shown(samples: Samples, chosen: readonly LineChange[]): string {
  const seconds = (name: string): string => number(samples.median(name), 1)
  const row = ({ name }: LineChange): string[] => [
    name,
    number(samples.median(`plain ${name}, cells`)),
    seconds(`plain ${name}`),
    seconds(`watch ${name}`),
  ]
  const head = ['changed', 'cells run', 'seconds, all started anew', 'seconds, --watch']
  const most = (way: string): number =>
    Math.max(...everydayChanges.map(({ name }) => samples.median(`${way} ${name}`) ?? NaN))
  const spread = (way: string): string => {
    const all = chosen.flatMap(({ name }) => samples.median(`${way} ${name}`) ?? [])
    const within = all.filter((one) => one <= againSeconds).length
    return `${way}: median ${number(median(all), 1)} s, ${within} of ${all.length} within ${againSeconds} s`
  }
  return [
    `Whole: ${seconds('whole')} s (${samples
      .all('whole')
      .map((one) => number(one, 1))
      .join(', ')}), again with nothing changed ${seconds('same')} s.`,
    table(head, everydayChanges.map(row)),
    [
      verdict('seconds, whole', samples.median('whole'), wholeSeconds, 'low'),
      verdict('seconds after the change that takes longest, all started anew', most('plain'), againSeconds, 'low'),
      verdict('seconds after the change that takes longest, --watch', most('watch'), againSeconds, 'low'),
    ].join('\n'),
    ...(chosen.length > 0
      ? [
          table(['a line chosen by chance', ...head.slice(1)], chosen.map(row)),
          `${spread('plain')}; ${spread('watch')}`,
        ]
      : []),
  ].join('\n\n')
}

/** What a matrix took, and how many of its cells were run. */
interface Took {
  readonly seconds: number
  readonly cells: number
  readonly findings: number
}

async function plain(folder: string): Promise<Took> {
  const started = performance.now()
  const child = start(folder, [])
  const [code] = (await once(child, 'close')) as [number | null]
  const seconds = (performance.now() - started) / 1000
  if (code !== 0) throw new Error(`the matrix ended with ${code}:\n${said(folder)}`)
  return { seconds, ...countsOf(readMatrix(folder)) }
}

/** Changes one line after the other, each undone again, while one command goes on. */
async function watched(
  folder: string,
  changes: readonly LineChange[],
  onTook: (change: LineChange, took: Took) => void,
): Promise<void> {
  const child = start(folder, ['--watch'])
  const ended = once(child, 'close')
  const waits = (): number => said(folder).split('waiting for a change').length - 1
  const settled = async (times: number): Promise<void> => {
    for (const until = performance.now() + mostMs; waits() < times; await pause(10)) {
      if (child.exitCode !== null || performance.now() > until) {
        throw new Error(`the matrix goes on no more:\n${said(folder).slice(-2000)}`)
      }
    }
  }
  try {
    await settled(1)
    for (const change of changes) {
      const times = waits()
      const before = readMatrix(folder).at
      const started = performance.now()
      const undo = apply(folder, change)
      await settled(times + 1)
      const seconds = (performance.now() - started) / 1000
      const now = readMatrix(folder)
      // What no test depends on is told, and nothing is run.
      onTook(change, { seconds, ...countsOf(now), ...(now.at === before && { cells: 0 }) })
      const after = waits()
      undo()
      await settled(after + 1)
    }
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

function start(folder: string, args: readonly string[]): ChildProcess {
  const main = join(folder, 'node_modules/mortar/dist/cli/main.js')
  const line = [...onTwoCores(), process.execPath, main, 'matrix', '--fail-on', 'never', ...args]
  const output = openSync(outputOf(folder), 'w')
  const env = { ...process.env, MORTAR_RUN: undefined }
  const child = spawn(line[0]!, line.slice(1), { cwd: folder, env, stdio: ['ignore', output, output] })
  closeSync(output)
  return child
}

/** Beside the shop, where it changes nothing. */
function outputOf(folder: string): string {
  return `${folder}.out`
}

function said(folder: string): string {
  return readFileSync(outputOf(folder), 'utf8')
}

function readMatrix(folder: string): Matrix {
  return JSON.parse(readFileSync(join(folder, '.mortar/matrix.json'), 'utf8')) as Matrix
}

function countsOf({ cells, findings }: Matrix): Pick<Took, 'cells' | 'findings'> {
  return { cells: cells.filter(({ cached }) => cached === undefined).length, findings: findings.length }
}

/** @returns What undoes it. */
function apply(folder: string, { file, from, to }: LineChange): () => void {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  if (before.split(from).length !== 2) throw new Error(`${file} does not have “${from}” once`)
  writeFileSync(
    path,
    before.replace(from, () => to),
  )
  return () => writeFileSync(path, before)
}
