import { anyText } from '../../core/any-value.ts'
import { pause } from '../../core/real-clock.ts'
import { currentSessionOrNone, runInSession } from '../current-session.ts'
import type { Session } from '../session.ts'

/** Does what a program leaves to a job that runs later: asks what has become of what is pending, or takes it back. */
export type SettleJob = () => unknown

/** How long the jobs behind one run of a test may take, milliseconds. */
const mostMs = 10_000

interface Jobs {
  readonly ofFile: SettleJob[]
  readonly ofTest: WeakMap<Session, SettleJob[]>
}

// A test runner may load this module twice in one process.
const key = Symbol.for('mortar.settle-jobs')
const jobs = ((globalThis as { [key]?: Jobs })[key] ??= { ofFile: [], ofTest: new WeakMap() })

/**
 * Names a job of the program that puts in order what a failure has left, such as a nightly one. `mortar matrix` calls it
 * when a test and its hooks have ended and nothing goes wrong any more, and what it changes counts as done by the program.
 * Nobody else calls it. In a test or a `beforeEach` it is for that test; outside of any for all tests of the file.
 *
 * @param job - May reject: then nothing is settled. It has 10 seconds.
 */
export function settleBy(job: SettleJob): void {
  const session = currentSessionOrNone()
  const own = session && (jobs.ofTest.get(session) ?? [])
  if (own) jobs.ofTest.set(session, own)
  ;(own ?? jobs.ofFile).push(job)
}

/** The jobs of all tests are no longer those of the tests that come next. */
export function forgetSettleJobs(): void {
  jobs.ofFile.length = 0
}

/** Whether there is any job for what a session is of. */
export function hasSettleJobs(session: Session): boolean {
  return jobs.ofFile.length > 0 || jobs.ofTest.has(session)
}

/** Calls the jobs one after the other, as a part of the session. @returns What they failed with. */
export async function runSettleJobs(session: Session): Promise<readonly unknown[]> {
  const failed: unknown[] = []
  const over = new AbortController()
  const all = async (): Promise<void> => {
    for (const job of [...jobs.ofFile, ...(jobs.ofTest.get(session) ?? [])]) {
      if (over.signal.aborted) return
      try {
        await job()
      } catch (error) {
        const why = error instanceof Error ? error.message : anyText(error)
        failed.push(new Error(`the settling job failed: ${why}`, { cause: error }))
      }
    }
  }
  const ended = new AbortController()
  const late = pause(mostMs, ended.signal).then(() => {
    if (!ended.signal.aborted) failed.push(new Error(`the settling job did not end within ${mostMs / 1000} s`))
  })
  await Promise.race([runInSession(session, all), late])
  over.abort()
  ended.abort()
  return failed
}
