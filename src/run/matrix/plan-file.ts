import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { writeBriefly } from '../../files/write-whole.ts'
import { type Cell, namedAfter } from '../../matrix/cell.ts'
import type { TracedRead } from '../../matrix/contract/traced-read.ts'
import type { LeftOpen } from '../../matrix/left-open.ts'
import type { Ask, EndedHow, ErrorText, Jump, Lifted, Waited } from '../../matrix/observation.ts'

export type { LeftOpen } from '../../matrix/left-open.ts'

/** Names the plan for processes that run tests. */
export const planVariable = 'MORTAR_MATRIX'

/** So many questions in one cell are too many for anything but a storm. */
export const mostAsks = 500

/** Id of the clean run behind all cells of a test: it fails when one of them has left something behind. */
export const afterAll = 'after'

/** Begins the id of such a run amid the cells of a test, which shows that of those before it. */
export const amid = 'amid-'

/** What one process of a matrix is to do. */
export interface MatrixPlan {
  readonly version: 1
  /** How many clean runs of each test come first. */
  readonly clean: number
  /** Set: only tests that have cells are run. Left out: all are, and nothing goes wrong in them. */
  readonly cells?: readonly PlannedCell[]
  /** Watches which fields of answers are read. */
  readonly trace?: true
  /** Watches which functions of the project's modules are executed, by marks that this Mortar makes: a hash of it. */
  readonly functions?: string
  /** The only tests that are run. */
  readonly only?: readonly TestRef[]
  /** Tests that do not go well by another clock than the real one. */
  readonly realTime?: readonly TestRef[]
  /** Time is passed only after a good while, as what is seen here is told. */
  readonly patient?: true
  /** Tests of which some cell leaves something behind that makes the next run fail: a clean run follows each. */
  readonly suspects?: readonly TestRef[]
  /** How long a run without a fault may let nothing else get its turn, milliseconds, whatever its test may take. */
  readonly mostSpinMs?: number
  /** Tests that are not run, as it is known how they go. */
  readonly skip?: readonly TestRef[]
  /** Test files that need not even be loaded, relative to the project. */
  readonly without?: readonly string[]
  /** Set: one worker runs these files of tests, one after another, and then waits. Relative to the project. */
  readonly inTurn?: readonly string[]
  /** Set: somebody else may take cells; who takes one first has it. Folder, absolute. */
  readonly taken?: string
  /** Set: each worker has one of these files of tests, of which nothing is run, and waits for its first plan. */
  readonly seats?: readonly string[]
  /** Set: workers that are through with all files wait for another plan. Folder of what is said of that, absolute. */
  readonly stays?: string
  /** Set: files change while these workers wait, of which is told. */
  readonly lasts?: true
  /** Set: nothing is set up for tests before this file is there, which says that servers answer. Absolute. */
  readonly awaits?: string
  /** How many of a runner's own workers may work at a time; left out: as many as there are cores. */
  readonly workers?: number
  /** After which nothing more is begun, milliseconds since the epoch. */
  readonly until?: number
}

/** A cell and how long it may take. */
export interface PlannedCell {
  readonly cell: Cell
  /** By the real clock. */
  readonly deadlineMs: number
  /** How long a clean run takes: the slowest, and the fastest. */
  readonly cleanMs: number
  readonly usualMs: number
  /** How long this cell took before something has changed; left out: it was not run yet. */
  readonly tookMs?: number
  /** How many questions it asks. */
  readonly cleanAsks: number
  /** The most memory that a process of its own takes without a fault, bytes; left out: nobody knows. */
  readonly cleanBytes?: number
  /** The fault keeps the program waiting. */
  readonly stalls: boolean
  /** The program hears of the fault only later. */
  readonly lingers?: boolean
}

/** How one run of a test went, as the process that ran it saw it. */
export interface RunRecord {
  readonly t: 'ran'
  /** Of the cell, or `clean-1` and so on. */
  readonly id: string
  readonly test: TestRef
  /** Which time that its process has evaluated the program's modules, where that is not the first. */
  readonly again?: number
  readonly passed: boolean
  readonly ended: EndedHow
  readonly errors: readonly ErrorText[]
  readonly uncaught: readonly ErrorText[]
  readonly durationMs: number
  /** The most memory that its process took, bytes, where that was one of its own and is known. */
  readonly bytes?: number
  readonly waited?: Waited
  /** With what the next run failed, in which nothing went wrong. */
  readonly poisons?: string
  /**
   * A program whose modules were evaluated anew was not met by its fault, nor did it cross that boundary without one: it
   * may ask elsewhere now, such as a stand-in that its modules have started, so this shows nothing.
   */
  readonly isStranded?: true
  /** It had to be ended with its process, and whatever else that process had to do. */
  readonly isEnded?: true
  /** By how much the program's clock was put forward, and when by the real one, milliseconds since the epoch. */
  readonly jumps?: readonly Jump[]
  readonly lifted?: Lifted
  /** From then on a job of the program put things in order, and nothing went wrong, milliseconds since the epoch. */
  readonly settledAt?: number
  /** The test has armed a fault by itself. */
  readonly armsFaults?: true
  readonly struck: number
  /** Why something that it was to strike could not be struck. */
  readonly hindered?: string
  readonly missed: boolean
  /** From then on it was only waited for the program to give back what it has taken, milliseconds since the epoch. */
  readonly behindAt?: number
  readonly leftOpen?: readonly LeftOpen[]
  readonly steps: readonly number[]
  readonly asks: readonly Ask[]
  readonly refusals: number
  readonly serverErrors?: number
  /** Fields of answers that were read, where that was watched. */
  readonly reads?: readonly TracedRead[]
  /** Id of what was executed, where that was watched. */
  readonly uses?: string
  /** Cells of its test of which this shows that they have left nothing behind that the others have met: ids. */
  readonly clears?: readonly string[]
}

/** What a process has loaded for the tests of a file besides what it told before; of no file: for all tests. */
export interface LoadedRecord {
  readonly t: 'loaded'
  readonly file: string
  /** Absolute. */
  readonly paths: readonly string[]
  /** It has started another program, or a thread. */
  readonly outside: boolean
}

/** What runs have executed of modules that tell of it. Its id is that of no other. */
export interface UsesRecord {
  readonly t: 'uses'
  readonly id: string
  /** By path, relative to the project: 0 for the module itself, n for the n-th of its functions. */
  readonly parts: Readonly<Record<string, readonly number[]>>
}

/** A file of tests that could not be loaded or set up. */
export interface BrokenFile {
  /** Absolute, as its runner names it. */
  readonly file: string
  readonly why: string
  /** Its process had to be ended. */
  readonly isBlocked?: true
}

/** One line of the results: that a runner is attached, that a run has begun, how it went, and what that needed. */
export type ResultLine =
  | { readonly t: 'attached'; readonly isSerial?: true }
  | ({ readonly t: 'broken' } & BrokenFile)
  | ({ readonly t: 'began' } & Pick<RunRecord, 'id' | 'test' | 'again'>)
  | RunRecord
  | LoadedRecord
  | UsesRecord

/** Tells a run from all others of its test in one process. */
export function runId({ id, again }: Pick<RunRecord, 'id' | 'again'>): string {
  return again === undefined ? id : `${id}~${again}`
}

/** Whether nothing goes wrong in a run, before the cells of its test. */
export function isClean({ id }: Pick<RunRecord, 'id'>): boolean {
  return id.startsWith('clean-')
}

/** Whether nothing goes wrong in a run, behind cells of its test. */
export function isBehind({ id }: Pick<RunRecord, 'id'>): boolean {
  return id === afterAll || id.startsWith(amid)
}

/** What the journal calls the test of a run. */
export function journalName(run: Pick<RunRecord, 'id' | 'test' | 'again'>): TestRef {
  return namedAfter(run.test, runId(run))
}

/** What a worker is to do that waits. */
export interface NextPlan {
  /** Left out: nothing more. */
  readonly planFile?: string
  /** Of the run that its exchanges belong to. */
  readonly runDirectory?: string
  /** Files that have changed since its process was started, absolute. */
  readonly changed?: readonly string[]
}

const besidesOf = (planFile: string, what: 'next' | 'done', seat: number): string =>
  planFile.replace(/\.json$/, `-${what}-${seat}.json`)

/** Says that all of a plan is done, and that its worker waits for the next one. @param seat - Of the worker; else 0. */
export function tellDone(planFile: string, seat: number): void {
  writeBriefly(besidesOf(planFile, 'done', seat), String(process.pid))
}

/** The process whose worker waits, where all of a plan is done. */
export function whoIsDone(planFile: string, seat: number): number | undefined {
  const file = besidesOf(planFile, 'done', seat)
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}

/** Has whoever waits behind a plan go on. */
export function writeNextPlan(planFile: string, seat: number, next: NextPlan): void {
  writeBriefly(besidesOf(planFile, 'next', seat), JSON.stringify(next))
}

/** What is to follow a plan; `undefined`: that is not known yet. */
export function readNextPlan(planFile: string, seat: number): NextPlan | undefined {
  const file = besidesOf(planFile, 'next', seat)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NextPlan) : undefined
}

const changeOf = (planFile: string, what: 'changed' | 'renewed', number: number): string =>
  planFile.replace(/\.json$/, `-${what}-${number}.json`)

/** Says which files have changed, absolute. @param number - From 1 on: how often that was said by now. */
export function tellChanged(planFile: string, number: number, paths: readonly string[]): void {
  writeBriefly(changeOf(planFile, 'changed', number), JSON.stringify(paths))
}

/** Which have; `undefined`: that was not said so often yet. */
export function readChanged(planFile: string, number: number): readonly string[] | undefined {
  const file = changeOf(planFile, 'changed', number)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly string[]) : undefined
}

/** Says that nothing is kept any more of what these files were. */
export function tellRenewed(planFile: string, number: number): void {
  writeBriefly(changeOf(planFile, 'renewed', number), '')
}

export function isRenewed(planFile: string, number: number): boolean {
  return existsSync(changeOf(planFile, 'renewed', number))
}

/** Takes a cell for this process, which may do so again. @returns Whether nobody else has it. */
export function takeCell({ taken }: Pick<MatrixPlan, 'taken'>, id: string): boolean {
  if (taken === undefined) return true
  const own = String(process.pid)
  try {
    writeFileSync(join(taken, id), own, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFileSync(join(taken, id), 'utf8') === own
  }
}

/** Whether somebody has taken a cell. */
export function isTaken({ taken }: Pick<MatrixPlan, 'taken'>, id: string): boolean {
  return taken === undefined || existsSync(join(taken, id))
}

/** Where the processes of a plan write how it went. */
export function resultsOf(planFile: string): string {
  return planFile.replace(/\.json$/, '.ndjson')
}

export function writePlan(file: string, plan: MatrixPlan): void {
  writeBriefly(file, JSON.stringify(plan))
}

export function readPlan(file: string): MatrixPlan {
  return JSON.parse(readFileSync(file, 'utf8')) as MatrixPlan
}

/** Adds a line at once: the process may not live to add it later. */
export function appendResult(planFile: string, line: ResultLine): void {
  appendFileSync(resultsOf(planFile), `${JSON.stringify(line)}\n`)
}

/** All lines so far; one that was cut off by a kill is left out. */
export function readResults(planFile: string): readonly ResultLine[] {
  return readLines(resultsOf(planFile))
}

/** The same of any file of lines; one that is not there has none. */
export function readLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return []
  return parseLines(readFileSync(file, 'utf8').split('\n'))
}

/** What these lines say; one that was cut off, or is empty, says nothing. */
export function parseLines<T>(lines: readonly string[]): readonly T[] {
  return lines.flatMap((line): T[] => {
    try {
      return line === '' ? [] : [JSON.parse(line) as T]
    } catch {
      return []
    }
  })
}
