// Tests replace these globals by fakes; what is taken here at load time stays real.

/** Milliseconds since the epoch, whatever a test makes of `Date`. */
export const realNow: () => number = Date.now

/** Milliseconds since some moment, never less than before, whatever a test makes of `performance`. */
export const realElapsed: () => number = performance.now.bind(performance)

/** A timer that fires, whatever a test makes of `setTimeout`. */
export const realSetTimeout: (work: () => void, ms: number) => NodeJS.Timeout = setTimeout

/** A timer that fires again and again, whatever a test makes of `setInterval`. */
export const realSetInterval: (work: () => void, ms: number) => NodeJS.Timeout = setInterval

/** Undoes `realSetTimeout`. */
export const realClearTimeout: (timer: NodeJS.Timeout | undefined) => void = clearTimeout

/** A signal that is aborted after so many milliseconds, whatever a test makes of `AbortSignal.timeout`. */
export const realAbortAfter: (ms: number) => AbortSignal = AbortSignal.timeout.bind(AbortSignal)

/** Runs `work` once what has come in by now is dealt with, whatever a test makes of `setImmediate`. */
export const realSetImmediate: (work: () => void) => NodeJS.Immediate = setImmediate

/** Resolves after `ms` milliseconds, or as soon as one of the signals is aborted, whatever a test makes of the clock. */
export function pause(ms: number, ...given: readonly (AbortSignal | undefined)[]): Promise<void> {
  const signals = given.filter((signal) => signal !== undefined)
  return new Promise((resolve) => {
    const done = (): void => {
      realClearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = realSetTimeout(done, ms)
    for (const signal of signals) signal.addEventListener('abort', done)
    if (signals.some(({ aborted }) => aborted)) done()
  })
}

/** Under this name a process has the clock of the program, where that can be put forward. */
export const programClockKey: unique symbol = Symbol.for('mortar.program-clock')

/** A timer by the clock of the program where it has one that can be put forward. `realClearTimeout` undoes it. */
export function setProgramTimeout(work: () => void, ms: number): NodeJS.Timeout {
  const clock = (globalThis as { [programClockKey]?: { readonly setTimeout: typeof realSetTimeout } })[programClockKey]
  return (clock?.setTimeout ?? realSetTimeout)(work, ms)
}
