import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session } from './session.ts'

const sessions = new AsyncLocalStorage<Session>()
let fallback: Session | undefined

/** Runs `work` so that every exchange it causes belongs to `session`, however many tests run beside it. */
export function runInSession<T>(session: Session, work: () => T): T {
  return sessions.run(session, work)
}

/** The session of the test that is asking, else the one for what happens outside of tests. */
export function currentSession(): Session {
  const session = sessions.getStore() ?? fallback
  if (!session) throw new Error('no session is open')
  return session
}

/** Sets the session for what happens outside of tests. */
export function setFallbackSession(session: Session | undefined): void {
  fallback = session
}

/** Captures who is asking now, to be restored when their question is read. */
export function sessionSnapshot(): <T>(work: () => T) => T {
  const session = sessions.getStore()
  return session ? (work) => sessions.run(session, work) : (work) => work()
}
