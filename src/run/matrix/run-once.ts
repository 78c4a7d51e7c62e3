import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'
import { compiledFolder } from '../../files/compiled-folder.ts'
import { makeFolder } from '../../files/write-whole.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { openRun } from '../open-run.ts'
import { runnerOf } from '../known-runner.ts'
import { openOutsideDoors } from '../outside-doors.ts'
import { shellLine } from '../shell-line.ts'
import { awaitedTests } from './awaited-tests.ts'
import { hearParts } from './hear-parts.ts'
import { openObserver } from './observe-run.ts'
import { mostMemory, tookMore } from './most-memory.ts'
import { pluginMissing } from './no-tests.ts'
import { journalName, type MatrixPlan, planVariable, readResults, resultsOf, writePlan } from './plan-file.ts'
import type { ProcessCell } from './process-cell.ts'
import { runProcess } from './run-process.ts'
import { type Awaited, tellWaiting } from './tell-waiting.ts'
import type { Suite, SuitePart, SuiteRun } from './suite.ts'
import { outsideCassette } from './unrecorded.ts'

/** What one process is for. */
export interface OnceOptions {
  /** What the process as a whole is for, where it cannot run a test twice. */
  readonly cell?: ProcessCell
  /** When its fault lets go. */
  readonly deadlineMs?: number
  /** What it may take of memory, and what it takes as ever, bytes; left out: most of the machine's, and not known. */
  readonly mostBytes?: number
  readonly cleanBytes?: number
  readonly onPart?: (part: SuitePart) => void
}

/** How long a process may say nothing before it is ended, besides what its cells may take, milliseconds. */
const patienceMs = 60_000

/** How soon it is said what is waited for, milliseconds; later where several processes tell of the same tests. */
const quietMs = 5000
const quietTestsMs = 15_000

/** How long a command may go on once nothing goes wrong in it any more, and how long a clean run may take, milliseconds. */
const afterwardsMs = 10_000
const longestRunMs = 600_000

/** What node loads first in every process of the command, and where nobody else tells what tests of it load. */
const noteClients = new URL('../../runners/note-clients.js', import.meta.url).href
const watchLoaded = new URL('../../runners/watch-loaded.js', import.meta.url).href

let serial = 0

/** Runs the command once. What is to go wrong in it is in the plan, or it is what the process as a whole is for. */
export async function runOnce(
  { config, command, environment, folder, signal, cache, onWait: tell = () => {} }: Suite,
  plan: MatrixPlan,
  { cell, deadlineMs = 0, mostBytes = mostMemory(config), cleanBytes = 0, onPart = () => {} }: OnceOptions,
): Promise<SuiteRun> {
  const env = await environment()
  makeFolder(folder)
  const name = `process-${++serial}`
  const planFile = join(folder, `${name}.json`)
  const logFile = join(folder, `${name}.log`)
  writePlan(planFile, { ...plan, ...(cache && !cell && { functions: cache.madeBy }) })
  // Beside the runs that people want to look at again, which are but a few.
  const runDirectory = join(folder, name)
  makeFolder(runDirectory)
  const line = typeof command === 'string' ? command : shellLine(command)
  const run = await openRun({
    directory: config.directory,
    config,
    command: line,
    env: { ...env, MORTAR_RUN: runDirectory, MORTAR_COMMAND: line },
    trustSystem: true,
  })
  const isNodeTest = !cell && runnerOf(line, config.directory) === 'node:test'
  const firstLoaded = [noteClients, ...(isNodeTest ? [watchLoaded] : [])]
  const observer = openObserver({ runDirectory, projectDirectory: config.directory })
  const heard = cell ? undefined : hearParts(planFile, { observer, onPart })
  let end
  let passed = false
  try {
    const doors = await openOutsideDoors(run, { cassette: outsideCassette, env, cell })
    try {
      const results = resultsOf(planFile)
      const watch = cell && deadlineMs > 0 ? realSetTimeout(() => cell.letGo(), deadlineMs) : undefined
      const lastSign = (): number => (existsSync(results) ? statSync(results).mtimeMs : 0)
      const awaited = (): Awaited => cell?.awaited() ?? awaitedTests(readResults(planFile))
      const quiet = tellWaiting({ lastSign, awaited, firstMs: cell ? quietMs : quietTestsMs, tell })
      const longest = Math.max(0, ...(plan.cells ?? []).map(({ deadlineMs }) => deadlineMs))
      end = await runProcess({
        command,
        cwd: config.directory,
        env: {
          ...withLocalPrograms(doors.env, config.directory),
          ...compileCache(doors.env, config.directory),
          MORTAR_COMMAND: line,
          [planVariable]: planFile,
          NODE_OPTIONS: [doors.env['NODE_OPTIONS'], ...firstLoaded.map((url) => `--import=${url}`)]
            .filter(Boolean)
            .join(' '),
          ...cell?.variables,
        },
        logFile,
        lastSign,
        idleMs: cell ? deadlineMs + (deadlineMs > 0 ? afterwardsMs : longestRunMs) : patienceMs + 2 * longest,
        mostBytes,
        signal,
      })
      quiet()
      realClearTimeout(watch)
      await cell?.settle(async () => doors.env)
      // Tests that are told of record what they ask; of other commands the next run is answered from this one.
      const isAttached = readResults(planFile).some((each) => each.t === 'attached')
      const isAnswering = !plan.cells && !isAttached && !signal.aborted
      // Nothing is ever answered from tests whose plugin is missing: with it they have cassettes of their own.
      passed = isAnswering && end.code === 0 && pluginMissing({ config }, { logFile }) === undefined
    } finally {
      await doors.close({ passed })
    }
  } finally {
    await heard?.stop()
    run.close()
  }
  const lines = readResults(planFile)
  const grown = end.grew ? tookMore(mostBytes, cleanBytes) : undefined
  const records = cell ? cell.records({ ...end, grown }) : lines.filter((each) => each.t === 'ran')
  const keyOf = (one: Parameters<typeof journalName>[0]): string => keyOfTest(journalName(one))
  const ended = new Set(records.map(keyOf))
  const died = lines.flatMap((each) =>
    each.t === 'began' && !ended.has(keyOf(each)) ? [{ id: each.id, test: each.test }] : [],
  )
  const told = new Set(heard?.ran.map(({ record }) => keyOf(record)))
  const untold = records.filter((record) => !told.has(keyOf(record)))
  const rest = await observer.observe(untold, true)
  const loaded = lines.filter((each) => each.t === 'loaded' || each.t === 'uses')
  if (!cell) onPart({ ran: rest, loaded })
  return {
    ran: [...(heard?.ran ?? []), ...rest],
    loaded,
    died,
    attached: lines.some((each) => each.t === 'attached'),
    isSerial: lines.some((each) => each.t === 'attached' && each.isSerial),
    broken: lines.filter((each) => each.t === 'broken'),
    stuck: end.stuck,
    grown,
    code: end.code,
    logFile,
  }
}

/** Commands find what the project has installed, as they do in the scripts of package.json. */
export function withLocalPrograms(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
  return { ...env, PATH: [join(directory, 'node_modules', '.bin'), env['PATH']].filter(Boolean).join(delimiter) }
}

/** The same modules are loaded by each process of a matrix, so node compiles them once; unless coverage is measured. */
function compileCache(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE, NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = env
  if (NODE_V8_COVERAGE || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return {}
  return { NODE_COMPILE_CACHE: compiledFolder(directory) }
}
