import { anyText } from '../core/any-value.ts'
import type { TestRef } from '../core/exchange.ts'
import type { Journal } from '../store/journal.ts'
import { realElapsed, realNow } from '../core/real-clock.ts'

/** Journals a test as it starts and ends, for runners that have no reporter of ours. */
export async function journalTest<T>(journal: Journal, test: TestRef, body: () => Promise<T>): Promise<T> {
  const started = realElapsed()
  journal.write({ t: 'test', at: realNow(), test, state: 'start' }, 'soon')
  const ended = (state: 'passed' | 'failed', error?: string): void => {
    const durationMs = realElapsed() - started
    journal.write({ t: 'test', at: realNow(), test, state, durationMs, ...(error !== undefined && { error }) }, 'soon')
  }
  try {
    const result = await body()
    ended('passed')
    return result
  } catch (error) {
    ended('failed', error instanceof Error ? error.message : anyText(error))
    throw error
  }
}
