import { availableParallelism } from 'node:os'
import type { LoadedConfig } from '../loaded-config.ts'
import type { MatrixCache } from './cache/matrix-cache.ts'
import type { MatrixServers } from './matrix-servers.ts'
import type { Ran } from './observe-run.ts'
import type { BrokenFile, LoadedRecord, MatrixPlan, PlannedCell, RunRecord, UsesRecord } from './plan-file.ts'
import type { RunAhead } from './run-ahead.ts'
import { runOnce } from './run-once.ts'
import { runProcesses } from './run-processes.ts'
import { runParts } from './run-parts.ts'
import { spreadCells } from './spread-cells.ts'
import { makeTurnstile, type Turnstile } from './turnstile.ts'
import type { WarmWorkers } from './warm-workers.ts'
import { isOneAtATime, workersOf } from './workers.ts'

export type { Ran } from './observe-run.ts'

/** The test command of a project, to be run again and again. */
export interface Suite extends Omit<MatrixServers, 'close'> {
  readonly config: LoadedConfig
  readonly command: string | readonly string[]
  /** Folder of this matrix: plans, results and what the command printed. */
  readonly folder: string
  readonly signal: AbortSignal
  /** The command cannot run a test twice: each clean run and each cell is a process of its own. */
  readonly perProcess?: boolean
  /** Its files of tests run one after another, as they share something. */
  readonly isSerial?: boolean
  /** How many of these processes run at a time (default 1). */
  readonly lanes?: number
  /** How many workers of a runner may work at a time; left out: as many as the machine bears. */
  readonly workers?: () => number
  /** Set where others run the command at the same time. */
  readonly turnstile?: Turnstile
  /** Workers that are given one plan after another; left out: there is a new process for each. */
  readonly warm?: WarmWorkers | undefined
  /** Workers that stay once they have run the tests without a fault. */
  readonly staying?: WarmWorkers | undefined
  /** Workers that wait while others are at work, and may have what can be had but once. */
  readonly beside?: WarmWorkers | undefined
  /** What has been begun already; left out: nothing. */
  readonly ahead?: RunAhead | undefined
  /** Set: what is run may not be wanted, and once this is aborted, no more cells are begun. */
  readonly recall?: AbortSignal
  /** Test files that nothing can come of, relative to the project. */
  readonly without?: readonly string[]
  /** What is seen is told, so nothing may rest on a machine that is slow just now. */
  readonly patient?: true
  /** What earlier matrices have shown, and where what this one shows is kept; left out: nothing is known or kept. */
  readonly cache?: MatrixCache | undefined
  /** Hears what is waited for while nothing gets on, a line each. */
  readonly onWait?: (line: string) => void
}

/** The same, run by processes of its own. */
export function afresh(suite: Suite): Suite {
  return { ...suite, warm: undefined, beside: suite.warm ?? suite.beside }
}

/** How many processes of a runner that has workers of its own there are at a time. */
const mostLanes = 4

/** Of the few cells that are seen again most of the time goes into starting, which keeps a processor busy. */
function lanesOf({ patient }: Suite): number {
  return patient ? Math.min(mostLanes, availableParallelism()) : mostLanes
}

/** What is known while a process still runs. */
export interface SuitePart {
  readonly ran: readonly Ran[]
  /** What it has loaded until then. */
  readonly loaded: readonly (LoadedRecord | UsesRecord)[]
}

/** What one process of the command showed. */
export interface SuiteRun extends SuitePart {
  /** Runs that began and did not end, with the process that had them. */
  readonly died: readonly { readonly id: string; readonly test: RunRecord['test'] }[]
  /** A runner that tells of its tests has started, whether or not it has any. */
  readonly attached: boolean
  /** It has been told to run one file of tests at a time. */
  readonly isSerial: boolean
  /** Files of tests that could not be loaded or set up. */
  readonly broken: readonly BrokenFile[]
  readonly stuck: boolean
  /** Why it was ended for its memory. */
  readonly grown: string | undefined
  readonly code: number | null
  /** What the command printed. */
  readonly logFile: string
}

/**
 * Runs the command for one plan: once, or as often as its cells are best spread over processes.
 *
 * @param onPart - Hears now and then what has ended since it heard last. All of it is in the result too.
 */
export async function runSuite(
  suite: Suite,
  wanted: MatrixPlan,
  onPart: (part: SuitePart) => void = () => {},
): Promise<SuiteRun> {
  const plan = suite.without ? { ...wanted, without: [...(wanted.without ?? []), ...suite.without] } : wanted
  if (suite.perProcess) return runProcesses(suite, plan, onPart)
  const most = suite.workers?.() ?? workersOf(suite.config)
  const { warm } = suite
  const parts = warm?.take(plan, most)
  if (warm && parts)
    return mergedRun(
      await runParts(
        parts,
        { folder: suite.folder, most: () => suite.workers?.() ?? most, recall: suite.recall },
        (part) => warm.run(suite, part, onPart),
      ),
    )
  const lanes = spreadCells(plan.cells ?? [], isOneAtATime(suite) ? 1 : Math.min(lanesOf(suite), most))
  if (lanes.length < 2) return runBeside(suite, { ...plan, workers: plan.workers ?? most }, onPart)
  const beside = { ...suite, turnstile: suite.turnstile ?? makeTurnstile() }
  const files = new Set(plan.cells?.map(({ cell }) => cell.test.file))
  const runLane = (cells: readonly PlannedCell[], place: number): Promise<SuiteRun> => {
    const own = new Set(cells.map(({ cell }) => cell.test.file))
    const without = [...(plan.without ?? []), ...[...files].filter((file) => !own.has(file))]
    const workers = Math.max(1, Math.floor((most + lanes.length - 1 - place) / lanes.length))
    return runBeside(beside, { ...plan, cells, workers, without }, onPart)
  }
  return mergedRun(await Promise.all(lanes.map(runLane)))
}

function mergedRun(runs: readonly SuiteRun[]): SuiteRun {
  return {
    ...runs.at(-1)!,
    ran: runs.flatMap(({ ran }) => ran),
    loaded: runs.flatMap(({ loaded }) => loaded),
    died: runs.flatMap(({ died }) => died),
    broken: runs.flatMap(({ broken }) => broken),
    attached: runs.some(({ attached }) => attached),
    stuck: runs.some(({ stuck }) => stuck),
    grown: runs.find(({ grown }) => grown !== undefined)?.grown,
  }
}

/** Runs the command beside others; where nothing comes of that, alone. */
async function runBeside(suite: Suite, plan: MatrixPlan, onPart: (part: SuitePart) => void): Promise<SuiteRun> {
  const run = (): Promise<SuiteRun> => runOnce(suite, plan, { onPart })
  const { turnstile, beside, signal } = suite
  const first = await (turnstile?.together(run) ?? run())
  // What a command sets up for all its tests may be there but once, such as a server at a port of its own.
  const isNothing = first.ran.length === 0 && first.died.length === 0
  if (!isNothing || signal.aborted || !(turnstile ?? beside)) return first
  await beside?.retire()
  return turnstile?.alone(run) ?? run()
}
