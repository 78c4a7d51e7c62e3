import { anyText } from './any-value.ts'
import { MortarError } from './errors.ts'
import { realClearTimeout, realElapsed, realSetTimeout, setProgramTimeout } from './real-clock.ts'

/** How long to wait, in milliseconds of the real clock, whatever a test makes of it. */
export interface WaitOptions {
  /** Default 2000. */
  readonly withinMs?: number
  /** Default 20. */
  readonly everyMs?: number
}

/** Every option with its default. */
export const waitDefaults: Required<WaitOptions> = { withinMs: 2000, everyMs: 20 }

let waiting = 0

/** How many are waiting for something just now. */
export function waitingNow(): number {
  return waiting
}

/**
 * Calls `attempt` until it neither throws nor returns `false`, and returns what it returned.
 *
 * @throws MortarError `MORTAR_NOT_AWAITED`, with what the last attempt failed with as its cause
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, false>> {
  const { withinMs, everyMs } = { ...waitDefaults, ...options }
  const until = realElapsed() + withinMs
  let isOver = false
  // The program has as much time as it would have, however fast that passes.
  const timer = setProgramTimeout(() => {
    isOver = true
  }, withinMs)
  waiting++
  try {
    return await repeat(attempt, () => isOver || realElapsed() >= until, { withinMs, everyMs })
  } finally {
    waiting--
    realClearTimeout(timer)
  }
}

async function repeat<T>(
  attempt: () => T | Promise<T>,
  isOver: () => boolean,
  { withinMs, everyMs }: Required<WaitOptions>,
): Promise<Exclude<T, false>> {
  for (let tries = 1; ; tries++) {
    let failure: unknown
    try {
      const value = await attempt()
      if (value !== false) return value as Exclude<T, false>
    } catch (error) {
      failure = error
    }
    if (isOver()) throw notAwaited(withinMs, tries, failure)
    await new Promise<void>((resolve) => void realSetTimeout(resolve, everyMs))
  }
}

function notAwaited(withinMs: number, tries: number, failure: unknown): MortarError {
  // What was waited for by a function of ours has been said in full already.
  const said = failure instanceof Error ? failure.message : undefined
  return new MortarError('MORTAR_NOT_AWAITED', `still not so after ${withinMs} ms and ${tries} attempts`, {
    seen: said ?? (failure === undefined ? 'false' : anyText(failure)),
    ...(failure !== undefined && { cause: failure }),
  })
}
