import type { LoadedConfig } from '../loaded-config.ts'
import type { MatrixCache } from './cache/matrix-cache.ts'
import type { Ran } from './observe-run.ts'
import type { LoadedRecord, MatrixPlan, RunRecord } from './plan-file.ts'
import { runOnce } from './run-once.ts'
import { runProcesses } from './run-processes.ts'

export type { Ran } from './observe-run.ts'

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
  /** How many of these processes run at a time (default 1). */
  readonly lanes?: number
  /** What earlier matrices have shown, and where what this one shows is kept; left out: nothing is known or kept. */
  readonly cache?: MatrixCache | undefined
}

/** What is known while a process still runs. */
export interface SuitePart {
  readonly ran: readonly Ran[]
  /** What it has loaded until then. */
  readonly loaded: readonly LoadedRecord[]
}

/** What one process of the command showed. */
export interface SuiteRun extends SuitePart {
  /** Runs that began and did not end, with the process that had them. */
  readonly died: readonly { readonly id: string; readonly test: RunRecord['test'] }[]
  readonly stuck: boolean
  readonly code: number | null
  /** What the command printed. */
  readonly logFile: string
}

/**
 * Runs the command once, for one plan.
 *
 * @param onPart - Hears now and then what has ended since it heard last. All of it is in the result too.
 */
export async function runSuite(
  suite: Suite,
  plan: MatrixPlan,
  onPart: (part: SuitePart) => void = () => {},
): Promise<SuiteRun> {
  if (suite.perProcess) return runProcesses(suite, plan, onPart)
  return runOnce(suite, plan, { onPart })
}
