import { availableParallelism } from 'node:os'
import type { LoadedConfig } from '../loaded-config.ts'
import { isOwned } from '../record-mode.ts'
import type { Suite } from './suite.ts'

const mostWorkers = 8

/**
 * How many workers of a runner may work at a time. Tests that ask servers wait for these more than they work
 * themselves, so there are two for each core.
 */
export function workersOf({ boundaries }: LoadedConfig): number {
  const cores = availableParallelism()
  return boundaries.some(({ input }) => isOwned(input)) ? Math.max(cores, Math.min(mostWorkers, 2 * cores)) : cores
}

/** Whether no two processes of a command may be at work: a port that the config names can be had but once. */
export function isOneAtATime({ config, isSerial = false }: Pick<Suite, 'config' | 'isSerial'>): boolean {
  return isSerial || config.boundaries.some(({ input }) => input.port !== undefined)
}
