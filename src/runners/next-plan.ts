import { pause, realElapsed } from '../core/real-clock.ts'
import { type MatrixPlan, readNextPlan, readPlan, tellDone } from '../run/matrix/plan-file.ts'
import { takeSeat, tellThrough } from '../run/matrix/staying.ts'
import type { Pass } from './next-pass.ts'

/** What a worker does that has run a file of tests. */
export interface NextFile {
  /** Relative to the project. */
  readonly file: string
  readonly pass: Pass
  readonly planFile: string
  /** Left out: the same run goes on. */
  readonly runDirectory?: string
  /** Files of which this process may have loaded what they were, absolute. */
  readonly changed?: readonly string[]
}

/** How often it is looked, milliseconds: at first, and where it takes long, as somebody edits meanwhile. */
const lookEveryMs = 10
const lookLaterMs = 50
const longMs = 3000

/**
 * The next file of a plan that has its files run in turn; behind the last one, the first of the plan that comes next, which
 * is waited for. `undefined`: there is nothing more to do, or no other plan will come. In a process in which tests have
 * gone well, the clean run behind the cells of a test is enough to know that these show something.
 *
 * @param pass - The one before it.
 */
export async function nextPlan(planFile: string, pass: Pass, file: string): Promise<NextFile | undefined> {
  const { number, plan, wentWell } = pass
  const { seats, stays, inTurn = seats } = plan
  const taken = stays === undefined ? undefined : takeSeat(stays)
  // Behind that: when all files are through, all who stay have a seat.
  if (stays !== undefined) tellThrough(stays, file)
  if (taken === undefined && !inTurn?.includes(file)) return undefined
  const passOf = (next: MatrixPlan): Pass => ({
    number: number + 1,
    // Who has little time is to know at once what each of them shows.
    plan: wentWell && next.cells && next.until === undefined ? { ...next, clean: 0 } : next,
    doubted: [],
    wentWell,
  })
  const following = seats ? undefined : inTurn?.[inTurn.indexOf(file) + 1]
  if (following !== undefined) return { file: following, pass: passOf(plan), planFile }
  const seat = taken ?? Math.max(0, seats?.indexOf(file) ?? 0)
  tellDone(planFile, seat)
  let next
  const since = realElapsed()
  while (!(next = readNextPlan(planFile, seat))) {
    await pause(realElapsed() - since < longMs ? lookEveryMs : lookLaterMs)
  }
  if (next.planFile === undefined) return undefined
  const fresh = readPlan(next.planFile)
  return { ...next, planFile: next.planFile, file: fresh.inTurn![0]!, pass: passOf(fresh) }
}
