import { MortarError } from '../core/errors.ts'
import type { RecordMode } from '../core/boundary.ts'
import type { Exchange, TestRef } from '../core/exchange.ts'
import { currentSession, runInSession, setFallbackSession } from '../run/current-session.ts'
import { attachedRun, type InProcessRun } from './in-process-run.ts'
import { openSession } from '../run/session.ts'
import { failOnUnreached, type TestBoundary, testBoundary } from '../run/test-boundary.ts'

/** What a test can say and ask about its own exchanges. */
export interface MortarTest {
  /** Overrides the record mode for this test. Call it before the first exchange. */
  record(mode: RecordMode): void
  /** Replays from one more cassette below the cassette folder: `imported/get-issue`. */
  use(cassette: string): void
  /** The exchanges recorded from real services in this test so far, redacted. */
  recorded(): readonly Exchange[]
  /** Misses and calls to unknown destinations so far; they fail the test when it ends. */
  readonly failures: readonly MortarError[]
  /**
   * One boundary of the config, to arm faults at it, wait for what crosses it, and look at what is behind it.
   *
   * @throws MortarError `MORTAR_USAGE` when there is none of that name
   */
  boundary(name: string): TestBoundary
}

/** The test that is running, wherever in its call tree this is called. */
export const mortarTest: MortarTest = {
  record: (mode) => currentSession().record(mode),
  use: (cassette) => currentSession().use(cassette),
  recorded: () => currentSession().recorded(),
  get failures() {
    return currentSession().failures
  },
  boundary(name) {
    const attached = attachedRun()
    const isAlone = (): boolean => attached.running.size <= 1
    return testBoundary(attached.run.boundaries, attached.servers, currentSession(), name, isAlone)
  },
}

/**
 * Runs one test in a session of its own.
 *
 * @param body - Resolves to whether the test passed, or rejects with what it failed with.
 * @throws MortarError when the test passed although it asked what nothing answers.
 */
export async function runTest(attached: InProcessRun, test: TestRef, body: () => Promise<boolean>): Promise<void> {
  const session = openSession(attached.run, test)
  const { running, servers } = attached
  let passed = false
  if (running.size === 0) await servers?.begin()
  running.add(session)
  try {
    passed = await runInSession(session, body)
    if (passed) await session.settle()
  } finally {
    try {
      // Tests that run side by side share one state; it is nobody's own until the last of them has ended.
      if (running.size === 1) await servers?.end(test.name)
    } finally {
      running.delete(session)
      // A fault may have made it the session of all that is asked.
      setFallbackSession(attached.outside)
      session.close({ passed })
      attached.watch(session)
    }
  }
  if (!passed) return
  failOnMisses(session.failures)
  failOnUnreached(session)
}

/**
 * Takes the cause from an error that says only what its cause does, as those of axios do: runners print both.
 *
 * @param error - What a test failed with, or what a runner made of it to print it.
 */
export function dropEcho(error: unknown): void {
  if (typeof error !== 'object' || error === null) return
  const echo = error as { message?: unknown; stack?: unknown; cause?: { name?: unknown; message?: unknown } | null }
  if (echo.cause?.name !== 'MortarError' || echo.cause.message !== echo.message) return
  delete echo.cause
  if (typeof echo.stack === 'string') echo.stack = echo.stack.split(`\nCaused by: MortarError: `)[0]
}

/**
 * Throws what was asked in vain: a caught error must not hide that the boundary did not answer.
 *
 * @throws MortarError the first of `failures`, if there are any
 */
export function failOnMisses([first, ...others]: readonly MortarError[]): void {
  if (!first) return
  if (others.length === 0) throw first
  throw new MortarError(first.code, `${first.reason}\n\n(and ${others.length} more like it in this test)`, {
    hint: first.hint,
    cause: new AggregateError(others, 'more of them'),
  })
}
