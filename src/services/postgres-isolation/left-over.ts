import type { LeftOver } from '../isolation.ts'
import type { LeftBehind } from './swap.ts'

/** A connection that was left behind, in one line. */
export function leftOver({ state, statement, applicationName }: LeftBehind): LeftOver {
  const who = applicationName === '' ? 'a connection' : `a connection of ${applicationName}`
  return { summary: `${who} ${state}: ${statement.trim().replaceAll(/\s+/g, ' ').slice(0, 200)}` }
}
