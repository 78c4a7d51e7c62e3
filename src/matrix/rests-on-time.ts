import type { Case } from './case.ts'

/** Whether time was passed in a cell, or given up on: how that went depends on how fast others were. */
export function restsOnTime({ observation: { ended, waited, jumps } }: Pick<Case, 'observation'>): boolean {
  return ended === 'late' || waited !== undefined || (jumps ?? []).length > 0
}
