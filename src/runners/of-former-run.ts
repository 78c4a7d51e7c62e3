import { currentSessionOrNone } from '../run/current-session.ts'
import type { PlannedCell } from '../run/matrix/planned.ts'
import type { Session } from '../run/session.ts'
import type { InProcessRun } from './in-process-run.ts'

/** The run of a cell in which an error turns up that nobody caught. */
export interface ErrorDuring {
  readonly session: Session
  readonly planned: PlannedCell | undefined
  /** How often its fault has struck by now; `undefined` where none is armed. */
  readonly struck: number | undefined
  /** It is the reason of a promise. */
  readonly rejected: boolean
}

/**
 * Whether the error that is told of now comes of a run that is over, such as by a request that it did not wait for. A
 * connection that is held open arises in the session that opened it, whoever asks over it: what it may have brought of
 * the fault of this run counts for this one.
 */
export function isOfFormerRun(
  { running, servers }: Pick<InProcessRun, 'running' | 'servers'>,
  { session, planned, struck, rejected }: ErrorDuring,
): boolean {
  const arisenIn = currentSessionOrNone()
  if (!planned || !arisenIn || arisenIn === session || running.has(arisenIn)) return false
  const { boundary, after } = planned.cell
  if (!after && struck === 0) return true
  const isCarried = [boundary, after?.boundary].some((name) => name !== undefined && servers?.find(name) !== undefined)
  return rejected && !isCarried
}
