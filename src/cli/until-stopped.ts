import { setInterval } from 'node:timers'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A wait for the user to end a command. */
export interface Stopped {
  readonly promise: Promise<void>
  /** Lets signals end us again as they always do. */
  ignore(): void
}

/** From its call on, a signal to stop resolves `promise` in place of ending us, so that everything can be closed. */
export function untilStopped(): Stopped {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = (): void => resolve()
  for (const signal of signals) process.on(signal, stop)
  // Nothing else may keep the process alive meanwhile.
  const alive = setInterval(() => {}, 60_000)
  return {
    promise,
    ignore() {
      clearInterval(alive)
      for (const signal of signals) process.off(signal, stop)
    },
  }
}
