import { availableParallelism, loadavg } from 'node:os'

/** By how many times longer the runner waits for a test than the project says, and how long at most, milliseconds. */
const mostTimes = 3
const mostMs = 30_000

/** On a machine that has too much to do, what a test may take is not over when it would be by the real clock. */
export function lengthenTimeout(config: { testTimeout?: number }): void {
  const { testTimeout = 0 } = config
  const times = Math.min(mostTimes, loadavg()[0]! / availableParallelism())
  config.testTimeout = Math.max(testTimeout, Math.min(times * testTimeout, mostMs))
}
