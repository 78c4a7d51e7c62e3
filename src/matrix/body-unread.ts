import type { Case } from './case.ts'
import type { Ask } from './observation.ts'

/** What is said of a cell that is `not-applicable` as what its fault has changed is read by nobody. */
export const bodyUnread = 'the program does not read the body of this answer'

/**
 * Whether it is known that the body which a fault has changed is not read: neither what was struck was, nor what the same
 * line asks in clean runs. An answer without a body, such as a 204, says nothing of who would have read one.
 */
export function isBodyUnread({ cell, fault, baseline, observation }: Case): boolean {
  if (!fault.inBody) return false
  const isAimed = (ask: Ask): boolean => ask.boundary === cell.boundary && ask.operation === cell.operation
  const struck = observation.asks.filter((ask) => ask.struck && isAimed(ask))
  const sites = new Set(struck.map(({ site }) => site))
  const clean = baseline.runs.map(({ asks }) => asks.filter((ask) => isAimed(ask) && sites.has(ask.site)))
  return [struck, ...clean].every((asks) => asks.length > 0 && asks.every(({ unread }) => unread))
}
