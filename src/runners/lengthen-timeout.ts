/** Under this name a worker finds how long a test may take by what the project says, milliseconds. */
export const timeoutVariable = 'MORTAR_TEST_TIMEOUT'

/** By how many times longer the runner waits for a test than the project says, and how long at most, milliseconds. */
const factor = 3
const mostMs = 30_000

/** How long the runner waits where the project says so many milliseconds. */
export function lengthenedMs(ms: number): number {
  return Math.max(ms, Math.min(factor * ms, mostMs))
}

/** On a machine that has too much to do, what a test may take is not over when it would be by the real clock. */
export function lengthenTimeout(config: { testTimeout?: number; env?: Record<string, unknown> }): void {
  const { testTimeout } = config
  if (!testTimeout) return
  config.env = { ...config.env, [timeoutVariable]: String(testTimeout) }
  config.testTimeout = lengthenedMs(testTimeout)
}
