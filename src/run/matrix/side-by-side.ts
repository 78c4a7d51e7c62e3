import type { Suite } from './suite.ts'
import { makeTurnstile } from './turnstile.ts'
import { isOneAtATime, workersOf } from './workers.ts'

/** Two strands of a matrix that need nothing of each other. */
export interface Strands {
  readonly first: (suite: Suite) => Promise<void>
  readonly second: (suite: Suite) => Promise<void>
  /** The second one is worth less than the first, so it gets what time is left. */
  readonly isInTurn: boolean
}

/** Which part of the workers the second strand has while the first one is at work. */
const part = 1 / 4

/**
 * Runs both strands: each waits now and then for what takes its time, and for processes to start, while the other has
 * something to do. Where not even four workers may be at work, or two processes not at all, one comes after the other.
 */
export async function sideBySide(suite: Suite, { first, second, isInTurn }: Strands): Promise<void> {
  const most = workersOf(suite.config)
  const aside = Math.floor(most * part)
  if (isInTurn || suite.perProcess || isOneAtATime(suite) || aside < 1) {
    await first(suite)
    return second(suite)
  }
  const turnstile = makeTurnstile()
  let isAlone = false
  const strand = async (run: (suite: Suite) => Promise<void>, workers: number): Promise<void> => {
    try {
      await run({ ...suite, turnstile, workers: () => (isAlone ? most : workers) })
    } finally {
      isAlone = true
    }
  }
  const ends = await Promise.allSettled([strand(first, most - aside), strand(second, aside)])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
