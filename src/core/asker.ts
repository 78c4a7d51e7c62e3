import type { Duplex } from 'node:stream'

/** Where an in-memory connection keeps a way to run work as whoever wrote to it last. */
export const asker: unique symbol = Symbol.for('mortar.asker')

/** Where an in-memory connection keeps who asks on each of its streams. */
export const askerOf: unique symbol = Symbol.for('mortar.asker-of')

/** Where an in-memory connection keeps a way to fail its client with an error of our choice. */
export const failClient: unique symbol = Symbol.for('mortar.fail')

/** A connection whose client is in this process. */
export interface LocalConnection extends Duplex {
  [asker]?: <T>(work: () => T) => T
  /** The same for one of several questions at a time, by the number the protocol gives it; forgotten when asked. */
  [askerOf]?: (stream: number) => (<T>(work: () => T) => T) | undefined
  [failClient]?: (error: Error) => void
}

/**
 * Runs `work` in the async context of whoever wrote to `client` last, where that is known: a connection is shared by
 * tests that run at the same time, and each question belongs to the test that asked it.
 *
 * @param stream - Which question it is, where the connection carries several at a time.
 */
export function asAsker<T>(client: Duplex, work: () => T, stream?: number): T {
  const local = client as LocalConnection
  const run = (stream === undefined ? undefined : local[askerOf]?.(stream)) ?? local[asker]
  return run ? run(work) : work()
}
