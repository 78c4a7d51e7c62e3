import type { TestRef } from '../core/exchange.ts'
import type { Timeline } from './moment.ts'

/** The test that was running at a time, milliseconds since the epoch; `undefined` for none, and for several. */
export function testRunningAt({ tests }: Timeline, at: number): TestRef | undefined {
  const running = tests.filter(
    ({ startedAt, endedAt }) => startedAt <= at && at <= (endedAt ?? Number.POSITIVE_INFINITY),
  )
  return running.length === 1 ? running[0]!.test : undefined
}
