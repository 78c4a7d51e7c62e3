import { mostMemory, tookMore } from './most-memory.ts'
import type { MatrixPlan } from './plan-file.ts'
import { openRound } from './round.ts'
import { type CommandOptions, runCommand } from './run-command.ts'
import type { ProcessEnd } from './run-process.ts'
import type { Suite, SuitePart, SuiteRun } from './suite.ts'

/** What one process is for. */
export interface OnceOptions extends Pick<CommandOptions, 'cell' | 'deadlineMs'> {
  /** What it may take of memory, and what it takes as ever, bytes; left out: most of the machine's, and not known. */
  readonly mostBytes?: number
  readonly cleanBytes?: number
  readonly onPart?: (part: SuitePart) => void
}

/** Runs the command once. What is to go wrong in it is in the plan, or it is what the process as a whole is for. */
export async function runOnce(
  suite: Suite,
  plan: MatrixPlan,
  { onPart = () => {}, mostBytes = mostMemory(suite.config), cleanBytes = 0, ...process }: OnceOptions,
): Promise<SuiteRun> {
  const env = await suite.environment()
  const round = openRound(suite, plan, { cell: process.cell, onPart })
  let end: ProcessEnd | undefined
  try {
    end = await runCommand(suite, { ...process, env, round, plan, mostBytes })
  } finally {
    if (!end) await round.close()
  }
  return round.close(end, end.grew ? tookMore(mostBytes, cleanBytes) : undefined)
}
