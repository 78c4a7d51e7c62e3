import { AsyncLocalStorage } from 'node:async_hooks'
import { callerSnapshot } from './call-stacks.ts'
import type { Session } from './session.ts'

interface Sessions {
  readonly current: AsyncLocalStorage<Session>
  fallback: Session | (() => Session) | undefined
}

// A bundler or a test runner may load this module twice in one process; both copies must see the same session.
const key = Symbol.for('mortar.sessions')
const shared = globalThis as { [key]?: Sessions }
const sessions: Sessions = (shared[key] ??= { current: new AsyncLocalStorage<Session>(), fallback: undefined })

/** Runs `work` so that every exchange it causes belongs to `session`, however many tests run beside it. */
export function runInSession<T>(session: Session, work: () => T): T {
  return sessions.current.run(session, work)
}

/** The session of the test that is asking, else the one for what happens outside of tests. */
export function currentSession(): Session {
  const session = sessions.current.getStore() ?? fallbackSession()
  if (!session) throw new Error('no session is open')
  return session
}

/** The session of the test that is asking, if there is one. */
export function currentSessionOrNone(): Session | undefined {
  return sessions.current.getStore()
}

/** The session for what happens outside of tests. */
export function fallbackSession(): Session | undefined {
  const { fallback } = sessions
  return typeof fallback === 'function' ? fallback() : fallback
}

/** Sets the session for what happens outside of tests, or what tells it each time. */
export function setFallbackSession(session: Session | (() => Session) | undefined): void {
  sessions.fallback = session
}

/** Captures who is asking now, to be restored when their question is read. */
export function sessionSnapshot(): <T>(work: () => T) => T {
  const session = sessions.current.getStore()
  const asTest: <T>(work: () => T) => T = session ? (work) => sessions.current.run(session, work) : (work) => work()
  const asCaller = callerSnapshot()
  return asCaller ? (work) => asCaller(() => asTest(work)) : asTest
}
