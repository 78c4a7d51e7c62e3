import { availableParallelism } from 'node:os'
import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { LoadedConfig } from '../loaded-config.ts'
import { shellLine } from '../shell-line.ts'
import type { MatrixPlan, PlannedCell } from './plan-file.ts'
import { makeProcessCell } from './process-cell.ts'
import { runOnce } from './run-once.ts'
import type { Ran, Suite, SuitePart, SuiteRun } from './suite.ts'

/** More at a time would only wait for each other. */
const mostLanes = 8

/** How many processes of a command may run at a time: half the cores, as each of them asks others that take time too. */
export function lanesOf({ boundaries }: LoadedConfig): number {
  // A port that the config names can be had but once.
  if (boundaries.some(({ input }) => input.port !== undefined)) return 1
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
  const whole = wholeOf(suite)
  const ran: Ran[] = []
  let last: SuiteRun | undefined
  const waiting = wantedOf(plan).values()
  const lane = async (): Promise<void> => {
    for (const { id, planned } of waiting) {
      if (signal.aborted || realNow() > (plan.until ?? Number.POSITIVE_INFINITY)) return
      const cell = makeProcessCell(suite.folder, whole, id, planned)
      const run = await runOnce(suite, plan, { cell, ...(planned && { deadlineMs: planned.deadlineMs }) })
      last = run
      // What was ended with us shows nothing.
      if (signal.aborted) return
      const own = run.ran.filter(({ record }) => !planned || keyOfTest(record.test) === keyOfTest(planned.cell.test))
      ran.push(...own)
      onPart({ ran: own, loaded: [] })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const none = { loaded: [], died: [], broken: [], attached: false, stuck: false }
  return { ...none, ran, code: last?.code ?? null, logFile: last?.logFile ?? '' }
}

/** Where time may run out the cells stay in their order, the likely worst first; else those that take longest are. */
function wantedOf({ clean, cells, until }: MatrixPlan): readonly Wanted[] {
  if (!cells) return Array.from({ length: clean }, (_, i) => ({ id: `clean-${i + 1}` }))
  const all = cells.map((planned) => ({ id: planned.cell.id, planned }))
  const longest = ({ planned: { stalls, cleanMs } }: (typeof all)[number]): number =>
    (stalls ? graceOfStall : 0) + cleanMs
  return until === undefined ? all.toSorted((a, b) => longest(b) - longest(a)) : all
}

/** About how much longer a process takes whose program is kept waiting, milliseconds. */
const graceOfStall = 5000

/** What a command does that no test has claimed. */
function wholeOf({ command }: Suite): TestRef {
  return { file: '', name: typeof command === 'string' ? command : shellLine(command) }
}
