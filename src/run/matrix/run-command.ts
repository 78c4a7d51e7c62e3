import { delimiter, join } from 'node:path'
import { realClearTimeout, realNow, realSetTimeout } from '../../core/real-clock.ts'
import { compiledFolder } from '../../files/compiled-folder.ts'
import { runnerOf } from '../known-runner.ts'
import { openRun } from '../open-run.ts'
import { openOutsideDoors } from '../outside-doors.ts'
import { shellLine } from '../shell-line.ts'
import { pluginMissing } from './no-tests.ts'
import { type MatrixPlan, planVariable } from './plan-file.ts'
import type { ProcessCell } from './process-cell.ts'
import type { Round } from './round.ts'
import { type ProcessEnd, runProcess } from './run-process.ts'
import type { Suite } from './suite.ts'
import { tellWaiting } from './tell-waiting.ts'
import { outsideCassette } from './unrecorded.ts'

/** What a process of the command is for, and what it may take. */
export interface CommandOptions {
  /** With the addresses of servers. */
  readonly env: NodeJS.ProcessEnv
  /** Resolves when the server of a boundary answers there; left out: all do. Until then whoever connects to it waits. */
  readonly answering?: (boundary: string) => Promise<void>
  /** Called when all do. */
  readonly onAnswers?: () => void
  /** What it does first. */
  readonly round: Round
  readonly plan: MatrixPlan
  /** What its workers do now; empty: they wait to be told. Left out: nothing else. */
  readonly now?: () => readonly { readonly round: Round; readonly plan: MatrixPlan }[]
  /** What the process as a whole is for, where it cannot run a test twice. */
  readonly cell?: ProcessCell | undefined
  /** When its fault lets go. */
  readonly deadlineMs?: number
  /** What it may take of memory, bytes. */
  readonly mostBytes: number
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

/**
 * Runs the command to its end, with all that it asks outside of its tests in the run of its first round.
 *
 * @throws what `answering` is rejected with
 */
export async function runCommand(
  { config, command, signal, onWait: tell = () => {} }: Suite,
  { env, answering, onAnswers, round: first, plan, cell, deadlineMs = 0, mostBytes, ...options }: CommandOptions,
): Promise<ProcessEnd> {
  const { now = () => [{ round: first, plan }] } = options
  const line = typeof command === 'string' ? command : shellLine(command)
  const run = await openRun({
    directory: config.directory,
    config,
    command: line,
    env: { ...env, MORTAR_RUN: first.runDirectory, MORTAR_COMMAND: line },
    trustSystem: true,
  })
  const isNodeTest = !cell && runnerOf(line, config.directory) === 'node:test'
  const firstLoaded = [noteClients, ...(isNodeTest ? [watchLoaded] : [])]
  let passed = false
  try {
    const doors = await openOutsideDoors(run, { cassette: outsideCassette, env, cell, answering })
    const failed = new AbortController()
    doors.answers.then(onAnswers).catch((error: unknown) => failed.abort(error))
    try {
      const watch = cell && deadlineMs > 0 ? realSetTimeout(() => cell.letGo(), deadlineMs) : undefined
      const lastSign = (): number => {
        const signs = now().map(({ round }) => round.lastSign())
        return signs.length === 0 ? realNow() : Math.max(...signs)
      }
      const idleMs = (): number =>
        patienceMs + 2 * Math.max(0, ...now().flatMap((work) => (work.plan.cells ?? []).map((one) => one.deadlineMs)))
      const quiet = tellWaiting({
        lastSign,
        awaited: () => (now()[0]?.round ?? first).awaited(),
        firstMs: cell ? quietMs : quietTestsMs,
        tell,
      })
      const end = await runProcess({
        command,
        cwd: config.directory,
        env: {
          ...withLocalPrograms(doors.env, config.directory),
          ...compileCache(doors.env, config.directory),
          MORTAR_COMMAND: line,
          [planVariable]: first.planFile,
          NODE_OPTIONS: [doors.env['NODE_OPTIONS'], ...firstLoaded.map((url) => `--import=${url}`)]
            .filter(Boolean)
            .join(' '),
          ...cell?.variables,
        },
        logFile: first.logFile,
        lastSign,
        idleMs: cell ? () => deadlineMs + (deadlineMs > 0 ? afterwardsMs : longestRunMs) : idleMs,
        mostBytes,
        signal: AbortSignal.any([signal, failed.signal, ...untilOf(plan)]),
      })
      quiet()
      realClearTimeout(watch)
      failed.signal.throwIfAborted()
      await cell?.settle(async () => doors.env)
      // Tests that are told of record what they ask; of other commands the next run is answered from this one.
      const isAttached = first.isAttached()
      const isAnswering = !plan.cells && !isAttached && !signal.aborted
      // Nothing is ever answered from tests whose plugin is missing: with it they have cassettes of their own.
      passed = isAnswering && end.code === 0 && pluginMissing({ config }, first) === undefined
      return end
    } finally {
      await doors.close({ passed })
    }
  } finally {
    run.close()
  }
}

/** A clean run that has not ended when time is up shows nothing more; cells end by themselves. */
function untilOf({ cells, until }: MatrixPlan): readonly AbortSignal[] {
  return cells || until === undefined ? [] : [AbortSignal.timeout(Math.max(0, until - realNow()))]
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
