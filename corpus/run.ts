/**
 * Runs the matrix, or with `--prove` the proofs, over programs: `npm run corpus -- [--prove] [--all] [FOLDER…]`.
 * A folder is a program, or holds programs. Ends with 1 when a bug was missed or a fixed twin was blamed.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { eachOf } from './each-of.ts'
import { type CellSeen, isRight, measure, type Measured } from './measure.ts'
import { type Program, programsIn, readProgram } from './program.ts'
import { prove } from './prove.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prove: { type: 'boolean', default: false },
    // Tells of every bad verdict on a buggy twin, not only of the expected one.
    all: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
  },
})
const folders = positionals.length > 0 ? positionals : [import.meta.dirname]
const programs = readAll()
if (programs.length > 0) await (values.prove ? proveAll() : measureAll())

/** Ends with 2 when there is nothing to run, as what the folders hold cannot be read. */
function readAll(): readonly Program[] {
  try {
    const found = folders.flatMap((folder) => programsAt(resolve(folder)))
    if (found.length === 0) throw new Error(`there is no program in ${folders.join(', ')}`)
    return found
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 2
    return []
  }
}

function programsAt(folder: string): readonly Program[] {
  return existsSync(join(folder, 'program.json')) ? [readProgram(folder)] : programsIn(folder)
}

async function proveAll(): Promise<void> {
  let wrong = 0
  await eachOf(programs, Number(values.jobs), async (program) => {
    const complaints = await prove(program)
    wrong += complaints.length
    console.log(complaints.length > 0 ? complaints.join('\n') : `proved  ${program.name}`)
  })
  process.exitCode = wrong > 0 ? 1 : 0
}

async function measureAll(): Promise<void> {
  const all: Measured[] = []
  await eachOf(programs, Number(values.jobs), async (program) => {
    const measured = await measure(program)
    all.push(measured)
    tell(measured)
  })
  const bugs = all.filter(({ program }) => program.bug !== null)
  const found = bugs.filter((one) => one.found.length > 0).length
  const wrong = all.reduce((sum, one) => sum + one.wrong.length, 0)
  const cells = all.reduce((sum, one) => sum + one.cells, 0)
  const undecided = all.reduce((sum, one) => sum + one.undecided, 0)
  console.log(
    `\n${found} of ${bugs.length} bugs found, ${bugs.length - found} missed, ${wrong} false in ${cells} cells of ${all.length} programs, ${undecided} of them undecided`,
  )
  process.exitCode = all.every(isRight) ? 0 : 1
}

function tell(measured: Measured): void {
  const { program, found, instead, wrong, others, problems, cells, durationMs } = measured
  const { bug } = program
  const [first] = found
  const word = bug === null ? 'control' : first ? 'found' : 'MISSED'
  const seconds = (durationMs / 1000).toFixed(1)
  const detail = first ? `${first.verdict} (${first.oracle}): ${first.what}` : `${bug?.verdicts.join(' or ') ?? ''}`
  console.log(`${word.padEnd(8)}${program.name}, ${cells} cells, ${seconds} s  ${detail}`)
  for (const cell of instead) console.log(`        ${lineOf(cell)}`)
  for (const cell of wrong) console.log(`  FALSE ${lineOf(cell)}`)
  if (values.all) for (const cell of others) console.log(`   also ${lineOf(cell)}`)
  for (const problem of problems) console.log(`  VOID  ${problem}`)
}

function lineOf({ boundary, operation, fault, verdict, what }: CellSeen): string {
  return `${boundary} ${operation} × ${fault}: ${verdict}, ${what}`
}
