/**
 * Runs the matrix, or with `--prove` the proofs, over programs: `npm run corpus -- [--prove] [--all] [FOLDER…]`.
 * A folder is a program, or holds programs. Ends with 1 when a bug was missed, a fixed twin was blamed, or one program
 * among several cannot be read; with 2 when nothing can be run.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { eachOf } from './each-of.ts'
import { type CellSeen, isRight, measure, type Measured } from './measure.ts'
import { type Options, readOptions } from './options.ts'
import { type Program, programFolders, readProgram } from './program.ts'
import { prove } from './prove.ts'

const options = orTold(() => readOptions(process.argv.slice(2)))
process.exitCode = options ? await run(options) : 2

/** @returns the exit code */
async function run(given: Options): Promise<number> {
  const folders = orTold(() => foldersOf(given.folders))
  if (!folders) return 2
  const programs = folders.flatMap((folder) => orTold(() => readProgram(folder), `VOID    `) ?? [])
  if (programs.length === 0) return 2
  const unread = folders.length - programs.length
  const areRight = await (given.isProof ? proveAll(programs, given) : measureAll(programs, unread, given))
  return areRight && unread === 0 ? 0 : 1
}

/** The folders of all programs. */
function foldersOf(given: readonly string[]): readonly string[] {
  const found = given.flatMap((folder) => {
    const path = resolve(folder)
    return existsSync(join(path, 'program.json')) ? [path] : programFolders(path)
  })
  if (found.length === 0) throw new Error(`there is no program in ${given.join(', ')}`)
  return found
}

/** What `read` returns; `undefined` when it throws, which is told in one line. */
function orTold<T>(read: () => T, prefix = ''): T | undefined {
  try {
    return read()
  } catch (error) {
    console.error(`${prefix}${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

async function proveAll(programs: readonly Program[], { jobs }: Options): Promise<boolean> {
  let wrong = 0
  await eachOf(programs, jobs, async (program) => {
    const complaints = await prove(program)
    wrong += complaints.length
    console.log(complaints.length > 0 ? complaints.join('\n') : `proved  ${program.name}`)
  })
  return wrong === 0
}

async function measureAll(programs: readonly Program[], unread: number, { jobs, tellsAll }: Options): Promise<boolean> {
  const all: Measured[] = []
  await eachOf(programs, jobs, async (program) => {
    const measured = await measure(program)
    all.push(measured)
    tell(measured, tellsAll)
  })
  const bugs = all.filter(({ program }) => program.bug !== null)
  const found = bugs.filter((one) => one.found.length > 0).length
  const wrong = all.reduce((sum, one) => sum + one.wrong.length, 0)
  const cells = all.reduce((sum, one) => sum + one.cells, 0)
  const undecided = all.reduce((sum, one) => sum + one.undecided, 0)
  const left = unread === 0 ? '' : `; not run, as it cannot be read: ${unread} more`
  console.log(
    `\n${found} of ${bugs.length} bugs found, ${bugs.length - found} missed, ${wrong} false in ${cells} cells of ${all.length} programs, ${undecided} of them undecided${left}`,
  )
  return all.every(isRight)
}

function tell(measured: Measured, tellsAll: boolean): void {
  const { program, found, instead, nowhere, wrong, others, problems, cells, durationMs } = measured
  const { bug } = program
  const [first] = found
  const word = bug === null ? 'control' : first ? 'found' : 'MISSED'
  const seconds = (durationMs / 1000).toFixed(1)
  const detail = first ? `${first.verdict} (${first.oracle}): ${first.what}` : expectedOf(program)
  console.log(`${word.padEnd(8)}${program.name}, ${cells} cells, ${seconds} s  ${detail}`)
  if (nowhere !== undefined) console.log(`        ${nowhere}`)
  for (const cell of instead) console.log(`        ${lineOf(cell)}`)
  for (const cell of wrong) console.log(`  FALSE ${lineOf(cell)}`)
  if (tellsAll) for (const cell of others) console.log(`   also ${lineOf(cell)}`)
  for (const problem of problems) console.log(`  VOID  ${problem}`)
}

function expectedOf({ bug }: Program): string {
  if (bug === null) return ''
  const { verdicts, oracles } = bug
  return `${verdicts.join(' or ')}${oracles ? `, by ${oracles.join(' or ')}` : ''}`
}

function lineOf({ boundary, operation, fault, verdict, oracle, what }: CellSeen): string {
  const by = oracle === '' ? '' : ` (${oracle})`
  return `${boundary} ${operation} × ${fault}: ${verdict}${by}, ${what}`
}
