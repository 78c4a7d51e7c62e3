import type { Relay } from '../../protocols/postgres/relay.ts'

/** How a connection was found when its test ended. */
export type Unfinished = 'in a transaction' | 'in a COPY' | 'in a statement'

/** Waits until nothing is under way and holds the client. Returns what was still under way when `signal` aborted. */
export async function holdRelay(relay: Relay, signal: AbortSignal): Promise<Unfinished | undefined> {
  const { session } = relay
  await relay.idle(signal)
  if (session.idle) return undefined
  if (session.copying) return 'in a COPY'
  return session.answered && session.transaction !== 'idle' ? 'in a transaction' : 'in a statement'
}
