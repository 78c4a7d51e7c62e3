import { AsyncLocalStorage } from 'node:async_hooks'

const passing = new AsyncLocalStorage<true>()

/** Runs `work` so that connections it opens go to the network although the in-process door is open. */
export function bypass<T>(work: () => T): T {
  return passing.run(true, work)
}

/** Whether the current call is to go to the network. */
export function bypassed(): boolean {
  return passing.getStore() === true
}
