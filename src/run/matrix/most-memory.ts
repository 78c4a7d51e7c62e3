import { totalmem } from 'node:os'
import { memoryText, parseMemory } from '../../core/memory-size.ts'
import type { LoadedConfig } from '../loaded-config.ts'

/** How much more memory a run may take than there was before, bytes. */
export const mostGrowth: number = 2 ** 30

/** How much of the machine's memory one may take of which nothing is known yet. */
const mostOfMachine = 0.8

/** What one run of the command may take with all that it starts, bytes. @param lanes - How many there are at a time. */
export function mostMemory({ matrix }: LoadedConfig, lanes: number = 1): number {
  const said = parseMemory(matrix.memory ?? '')
  if (said !== undefined) return said
  // A container may have less than its machine.
  const granted = process.constrainedMemory()
  const has = granted > 0 ? Math.min(granted, totalmem()) : totalmem()
  return (mostOfMachine * has) / lanes
}

/** What a run failed with that had to be ended for its memory. @param before - What was there; 0: nobody knows. */
export function tookMore(bytes: number, before: number): string {
  return before > 0
    ? `it took ${memoryText(bytes - before)} more memory than before, and more and more`
    : `it took ${memoryText(bytes)} of memory, and more and more`
}
