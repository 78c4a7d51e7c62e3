import { constants } from 'node:os'
import { pause } from '../core/real-clock.ts'

/** Looks after the signals that ask a run to stop, so that it can end in order. */
export interface SignalWatch {
  /** The first one that came. */
  readonly received: NodeJS.Signals | undefined
  /** Aborted when the first one comes. */
  readonly asked: AbortSignal
  /** Passes signals on from here; to nobody when `undefined`. A signal that is repeated arrives as `SIGKILL`. */
  passTo(child: ((signal: NodeJS.Signals) => void) | undefined): void
  stop(): void
}

const watched = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A terminal and the programs between it and us may each send the same signal for one press of Ctrl-C. */
const sameMs = 500

/** Watches from now on. Whoever asks a second time while nothing is left to pass it to does not want to wait. */
export function watchSignals(): SignalWatch {
  let received: NodeJS.Signals | undefined
  let since = 0
  const stopped = new AbortController()
  let pass: ((signal: NodeJS.Signals) => void) | undefined
  const take = (signal: NodeJS.Signals): void => {
    const first = received === undefined
    if (!first && signal === received && performance.now() - since < sameMs) return
    if (first) since = performance.now()
    const repeated = signal === received
    received ??= signal
    stopped.abort()
    if (!first && pass === undefined) process.exit(exitCodeOfSignal(signal))
    // What runs in the foreground of a terminal has got its Ctrl-C from there.
    if (first && signal === 'SIGINT' && process.stdin.isTTY) return
    pass?.(repeated ? 'SIGKILL' : signal)
  }
  for (const signal of watched) process.on(signal, take)
  return {
    get received() {
      return received
    },
    asked: stopped.signal,
    passTo(child) {
      pass = child
    },
    stop() {
      for (const signal of watched) process.off(signal, take)
    },
  }
}

/** What a command that a signal ended exits with: 130 for Ctrl-C. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

const abandonMs = 2_000

/**
 * What opens; of what takes longer than a moment after we are told to stop, nothing: a migration may never end. What
 * it has started ends with us.
 */
export async function unlessStopped<T>(opening: Promise<T>, { asked }: SignalWatch): Promise<T | undefined> {
  opening.catch(() => {})
  const stopped = new Promise<void>((resolve) => {
    if (asked.aborted) resolve()
    else asked.addEventListener('abort', () => resolve(), { once: true })
  })
  return Promise.race([opening, stopped.then(() => pause(abandonMs)).then(() => undefined)])
}
