import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeMatrixProject, planned, runMatrix } from './matrix-project.ts'
import { Samples } from './measure.ts'
import { number, ratio, table, verdict } from './table.ts'

const sizes = [10, 100, 1000] as const
/** Steps of pruning that are left out, from the full product on. */
const steps = [
  ['each exchange × each fault it can have', 'tests,places,kinds'],
  ['first and last exchange of those alike', 'tests,kinds'],
  ['two tests for all that ask the same', 'kinds'],
  ['what differs in little once', ''],
] as const

/** What a cell costs, how the number of cells grows with that of tests, and what a second run of all costs. */
export async function matrix(rounds: number, progress: (text: string) => void): Promise<string> {
  return [await growth(rounds, progress), await overhead(rounds, progress), await rerun(rounds, progress)].join('\n\n')
}

/** Tests by the dozen, of which each asks three of ten services. */
async function growth(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  const counts = new Map<string, number>()
  for (const tests of sizes) {
    const folder = makeMatrixProject(tests)
    for (const [name, unpruned] of steps) counts.set(`${name} ${tests}`, await planned(folder, unpruned))
    for (let round = 1; round <= rounds; round++) {
      progress(`matrix, ${tests} tests, round ${round} of ${rounds}`)
      const { totalMs, cellsMs, cells } = await runMatrix(folder, ['--no-cache', '--baseline', '1'])
      samples.add(`total ${tests}`, totalMs / 1000)
      samples.add(`rate ${tests}`, cells.length / (cellsMs / 1000))
    }
  }
  const [[full]] = steps
  const rows = [
    ['every test for every cell', ...sizes.map((tests) => number((counts.get(`${full} ${tests}`) ?? 0) * tests))],
    ...steps.map(([name]) => [name, ...sizes.map((tests) => number(counts.get(`${name} ${tests}`)))]),
    ['seconds, one clean run and all cells', ...sizes.map((tests) => number(samples.median(`total ${tests}`), 1))],
    ['cells per second', ...sizes.map((tests) => number(samples.median(`rate ${tests}`), 0))],
  ]
  return table(['cells, or tests run', ...sizes.map((tests) => `${number(tests)} tests`)], rows)
}

/** 400 cells of 400 tests that ask once, against one of them. */
async function overhead(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  const args = ['--no-cache', '--baseline', '1', '--fault', '404', '--boundary', 'gateway']
  for (let round = 1; round <= rounds; round++) {
    progress(`matrix, overhead, round ${round} of ${rounds}`)
    const [one, many] = [makeMatrixProject(1, { files: 1 }), makeMatrixProject(400, { files: 1 })]
    const few = await runMatrix(one, args, 'tests')
    const all = await runMatrix(many, args, 'tests')
    // Each cell has a clean run before it, as there is one cell for each test.
    const runs = 2 * (all.cells.length - few.cells.length)
    const own = all.cells.reduce((sum, { durationMs }) => sum + durationMs, 0) / all.cells.length
    samples.add('each', (all.cellsMs - few.cellsMs) / runs)
    samples.add('own', own)
  }
  const [each, own] = [samples.median('each'), samples.median('own')]
  const over = each !== undefined && own !== undefined ? each - own : undefined
  return `A run of a test in the warm worker: ${number(each, 1)} ms, of which the test itself takes ${number(own, 1)} ms.\n${verdict('ms besides the test', over, 5, 'low')}`
}

/** 100 tests in ten files; each file has a module of its own. */
async function rerun(rounds: number, progress: (text: string) => void): Promise<string> {
  const samples = new Samples()
  for (let round = 1; round <= rounds; round++) {
    progress(`matrix, again, round ${round} of ${rounds}`)
    const folder = makeMatrixProject(100, { files: 10 })
    samples.add('first', (await runMatrix(folder, [])).totalMs)
    samples.add('same', (await runMatrix(folder, [])).totalMs)
    appendFileSync(join(folder, 'program-3.mjs'), '// a line\n')
    const changed = await runMatrix(folder, [])
    samples.add('one', changed.totalMs)
    samples.add('cells', changed.cells.filter(({ cached }) => !cached).length / changed.cells.length)
  }
  const first = samples.median('first')
  const row = (name: string, key: string): string[] => {
    const ms = samples.median(key)
    return [name, number(ms && ms / 1000, 1), ratio(ms, first)]
  }
  const share = samples.median('cells')
  return [
    table(
      ['100 tests, 10 files', 'seconds', '÷ first'],
      [row('first', 'first'), row('again, nothing changed', 'same'), row('again, a line in one of ten modules', 'one')],
    ),
    `Of the last, ${number(share && share * 100, 0)} % of the cells were run.`,
  ].join('\n\n')
}
