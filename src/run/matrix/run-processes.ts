import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { shellLine } from '../shell-line.ts'
import type { MatrixPlan, PlannedCell } from './plan-file.ts'
import { makeProcessCell, type ProcessCellOptions } from './process-cell.ts'
import { mostGrowth, mostMemory } from './most-memory.ts'
import { type OnceOptions, runOnce } from './run-once.ts'
import { withLocalPrograms } from './run-command.ts'
import { runProcess } from './run-process.ts'
import type { Ran, Suite, SuitePart, SuiteRun } from './suite.ts'
import { unrecorded } from './unrecorded.ts'
import { isOneAtATime } from './workers.ts'

/** More at a time would only wait for each other. */
const mostLanes = 8

/** How many processes of a command may run at a time: half the cores, as each of them asks others that take time too. */
export function lanesOf(config: LoadedConfig): number {
  if (isOneAtATime({ config })) return 1
  return Math.min(mostLanes, Math.max(1, Math.floor(availableParallelism() / 2)))
}

interface Wanted {
  readonly id: string
  readonly planned?: PlannedCell
}

/** One process for each clean run and each cell, for commands that cannot run a test twice. */
export async function runProcesses(
  suite: Suite,
  plan: MatrixPlan,
  onPart: (part: SuitePart) => void,
): Promise<SuiteRun> {
  const { signal, lanes = 1 } = suite
  const settle = settlerOf(suite)
  const whole = wholeOf(suite)
  const ran: Ran[] = []
  let last: SuiteRun | undefined
  // Other clean runs would take as much, and nothing is learnt from it.
  const isEnough = (): boolean => !plan.cells && last?.grown !== undefined
  const waiting = wantedOf(plan).values()
  const lane = async (most = Number.POSITIVE_INFINITY): Promise<void> => {
    let count = 0
    for (const { id, planned } of waiting) {
      if (signal.aborted || isEnough() || realNow() > (plan.until ?? Number.POSITIVE_INFINITY)) return
      const cell = makeProcessCell({ folder: suite.folder, whole, id, planned, clean: plan.clean, settle })
      const run = await runOnce(suite, plan, { cell, ...mostOf(suite, planned) })
      last = run
      // What was ended with us shows nothing.
      if (signal.aborted) return
      const own = run.ran.filter(({ record }) => !planned || keyOfTest(record.test) === keyOfTest(planned.cell.test))
      ran.push(...own)
      onPart({ ran: own, loaded: [] })
      if (++count === most) return
    }
  }
  // What it records answers all others.
  if (!plan.cells && unrecorded(suite).length > 0) await lane(1)
  await Promise.all(Array.from({ length: lanes }, () => lane()))
  const none = { loaded: [], died: [], broken: [], attached: false, isSerial: false, stuck: false }
  return { ...none, ran, grown: last?.grown, code: last?.code ?? null, logFile: last?.logFile ?? '' }
}

/** How long a process may take, and how much memory: a clean run its share of the machine, a cell a bit more than that. */
function mostOf(
  { config, lanes = 1 }: Suite,
  planned: PlannedCell | undefined,
): Pick<OnceOptions, 'deadlineMs' | 'mostBytes' | 'cleanBytes'> {
  const share = mostMemory(config, lanes)
  if (!planned) return { mostBytes: share }
  const { deadlineMs, cleanBytes = 0 } = planned
  const more = cleanBytes + mostGrowth
  return cleanBytes > 0 && more < share ? { deadlineMs, cleanBytes, mostBytes: more } : { deadlineMs, mostBytes: share }
}

/** Where time may run out the cells stay in their order, the likely worst first; else those that take longest are. */
function wantedOf({ clean, cells, until }: MatrixPlan): readonly Wanted[] {
  if (!cells) return Array.from({ length: clean }, (_, i) => ({ id: `clean-${i + 1}` }))
  const all = cells.map((planned) => ({ id: planned.cell.id, planned }))
  const longest = ({ planned: { stalls, cleanMs } }: (typeof all)[number]): number =>
    (stalls ? graceOfStall : 0) + cleanMs
  return until === undefined ? all.toSorted((a, b) => longest(b) - longest(a)) : all
}

/** How long the job may take that puts things in order, milliseconds. */
const longestSettlingMs = 30_000

/** About how much longer a process takes whose program is kept waiting, milliseconds. */
const graceOfStall = 5000

/** Runs the command that puts in order what a failure has left, if the config has one. */
function settlerOf({ config, folder, lanes, signal }: Suite): ProcessCellOptions['settle'] {
  const { settle: command } = config.matrix
  if (command === undefined) return undefined
  const logFile = join(folder, 'settle.log')
  const limits = {
    cwd: config.directory,
    logFile,
    lastSign: () => 0,
    idleMs: () => longestSettlingMs,
    mostBytes: mostMemory(config, lanes),
    signal,
  }
  return async (env) => {
    const { code } = await runProcess({ command, env: withLocalPrograms(env, config.directory), ...limits })
    return code
  }
}

/** What a command does that no test has claimed. */
function wholeOf({ command }: Suite): TestRef {
  return { file: '', name: typeof command === 'string' ? command : shellLine(command) }
}
