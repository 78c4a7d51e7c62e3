import { existsSync, mkdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { realClearTimeout, realNow, realSetTimeout } from '../../core/real-clock.ts'
import { cellIdIn } from '../../matrix/cell.ts'
import { inProgramTime, type Observation } from '../../matrix/observation.ts'
import { readJournal } from '../../store/read-journal.ts'
import { byTest, keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { openRun } from '../open-run.ts'
import { openOutsideDoors } from '../outside-doors.ts'
import { shellLine } from '../shell-line.ts'
import { readTimeline } from '../timeline/read-timeline.ts'
import { makeProcessCell, type ProcessCell } from './process-cell.ts'
import { namedAfter } from './planned.ts'
import { type MatrixPlan, planVariable, readResults, resultsOf, type RunRecord, writePlan } from './plan-file.ts'
import { runProcess } from './run-process.ts'

/** The test command of a project, to be run again and again. */
export interface Suite {
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  /** With the addresses of servers that are there for the whole matrix. */
  readonly env: NodeJS.ProcessEnv
  /** Folder of this matrix: plans, results and what the command printed. */
  readonly folder: string
  readonly signal: AbortSignal
  /** The command cannot run a test twice: each clean run and each cell is a process of its own. */
  readonly perProcess?: boolean
}

/** One run of a test, put together from what its process said and from the journal. */
export interface Ran {
  readonly record: RunRecord
  readonly observation: Observation
}

/** What one process of the command showed. */
export interface SuiteRun {
  readonly ran: readonly Ran[]
  /** Runs that began and did not end, with the process that had them. */
  readonly died: readonly { readonly id: string; readonly test: RunRecord['test'] }[]
  readonly stuck: boolean
  readonly code: number | null
  /** What the command printed. */
  readonly logFile: string
}

/** How long a process may say nothing before it is ended, besides what its cells may take, milliseconds. */
const patienceMs = 60_000

/** How long a command may go on once nothing goes wrong in it any more, and how long a clean run may take, milliseconds. */
const afterwardsMs = 10_000
const longestRunMs = 600_000

let serial = 0

/** Runs the command once, for one plan. */
export async function runSuite(suite: Suite, plan: MatrixPlan): Promise<SuiteRun> {
  if (suite.perProcess) return runProcesses(suite, plan)
  return runOnce(suite, plan)
}

/** One process for each clean run and each cell, for commands that cannot run a test twice. */
async function runProcesses(suite: Suite, plan: MatrixPlan): Promise<SuiteRun> {
  const whole = wholeOf(suite)
  const clean = plan.cells
    ? []
    : Array.from({ length: plan.clean }, (_, i) => ({ id: `clean-${i + 1}`, planned: undefined }))
  const wanted = [...clean, ...(plan.cells ?? []).map((planned) => ({ id: planned.cell.id, planned }))]
  const ran: Ran[] = []
  let last: SuiteRun | undefined
  for (const { id, planned } of wanted) {
    if (suite.signal.aborted || realNow() > (plan.until ?? Number.POSITIVE_INFINITY)) break
    last = await runOnce(suite, plan, makeProcessCell(whole, id, planned), planned?.deadlineMs)
    // What was ended with us shows nothing.
    if (suite.signal.aborted) break
    ran.push(...last.ran.filter(({ record }) => !planned || keyOfTest(record.test) === keyOfTest(planned.cell.test)))
  }
  return { ran, died: [], stuck: false, code: last?.code ?? null, logFile: last?.logFile ?? '' }
}

/** What a command does that no test has claimed. */
function wholeOf({ command }: Suite): TestRef {
  return { file: '', name: typeof command === 'string' ? command : shellLine(command) }
}

async function runOnce(
  { config, command, env, folder, signal }: Suite,
  plan: MatrixPlan,
  cell?: ProcessCell,
  deadlineMs = 0,
): Promise<SuiteRun> {
  mkdirSync(folder, { recursive: true })
  const name = `process-${++serial}`
  const planFile = join(folder, `${name}.json`)
  const logFile = join(folder, `${name}.log`)
  writePlan(planFile, plan)
  // Beside the runs that people want to look at again, which are but a few.
  const runDirectory = join(folder, name)
  mkdirSync(runDirectory, { recursive: true })
  const line = typeof command === 'string' ? command : shellLine(command)
  const run = await openRun({
    directory: config.directory,
    config,
    command: line,
    env: { ...env, MORTAR_RUN: runDirectory, MORTAR_COMMAND: line },
    trustSystem: true,
  })
  let end
  try {
    const doors = await openOutsideDoors(run, { cassette: 'run', env, cell })
    try {
      const results = resultsOf(planFile)
      const watch = cell && deadlineMs > 0 ? realSetTimeout(() => cell.letGo(), deadlineMs) : undefined
      const longest = Math.max(0, ...(plan.cells ?? []).map(({ deadlineMs }) => deadlineMs))
      end = await runProcess({
        command,
        cwd: config.directory,
        env: { ...withLocalPrograms(doors.env, config.directory), MORTAR_COMMAND: line, [planVariable]: planFile },
        logFile,
        lastSign: () => (existsSync(results) ? statSync(results).mtimeMs : 0),
        idleMs: cell ? deadlineMs + (deadlineMs > 0 ? afterwardsMs : longestRunMs) : patienceMs + 2 * longest,
        signal,
      })
      realClearTimeout(watch)
    } finally {
      await doors.close({ passed: false })
    }
  } finally {
    run.close()
  }
  const lines = readResults(planFile)
  const records = cell ? cell.records(end.code) : lines.filter((each) => each.t === 'ran')
  const ended = new Set(records.map(({ id, test }) => keyOfTest(namedAfter(test, id))))
  const died = lines.flatMap((each) =>
    each.t === 'began' && !ended.has(keyOfTest(namedAfter(each.test, each.id)))
      ? [{ id: each.id, test: each.test }]
      : [],
  )
  const observed = await observe(run.directory, config.directory, records)
  return { ran: observed, died, stuck: end.stuck, code: end.code, logFile }
}

async function observe(runDirectory: string, projectDirectory: string, records: readonly RunRecord[]): Promise<Ran[]> {
  const { events } = readJournal(runDirectory)
  const { moments } = await readTimeline(events, { runDirectory, projectDirectory })
  const grouped = byTest(moments.filter(({ test }) => test !== null && cellIdIn(test) !== undefined))
  const left = events.flatMap((event) =>
    event.t === 'warning' && event.code === 'MORTAR_LEFT_BEHIND' ? [event.message] : [],
  )
  return records.map((record) => {
    const as = namedAfter(record.test, record.id)
    const mark = `: "${as.name}" left behind `
    const leftBehind = left.flatMap((message) => {
      const [boundary, what] = message.split(mark)
      return what === undefined ? [] : [`${what} at ${boundary}`]
    })
    const moments = grouped.get(keyOfTest(as)) ?? []
    return { record, observation: inProgramTime({ ...record, leftBehind, moments }, record.jumps) }
  })
}

/** Commands find what the project has installed, as they do in the scripts of package.json. */
function withLocalPrograms(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
  return { ...env, PATH: [join(directory, 'node_modules', '.bin'), env['PATH']].filter(Boolean).join(delimiter) }
}
