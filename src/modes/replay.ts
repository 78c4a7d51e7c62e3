import type { Exchange } from '../core/exchange.ts'
import { readyAnswer } from '../core/peer.ts'
import type { Question } from '../core/protocol.ts'
import type { Wording } from '../core/wire.ts'
import type { Recording } from './tape.ts'
import { realClearTimeout, realElapsed, realSetTimeout } from '../core/real-clock.ts'

/** How fast a recording is played: at once, as it was, or that many times as fast. */
export type Pace = 'instant' | 'real' | number

/** Thrown into an answer when the client sends something else than it did when the exchange was recorded. */
export type Departure<R> = (asked: R | undefined, recorded: R) => Error

/** How a recording is played. */
export interface PlayOptions<R> {
  readonly pace: Pace
  readonly departure: Departure<R>
  /** Thrown at the end of an answer that was not whole when it was saved. */
  readonly cut: () => Error
  /** Aborted when nobody waits for answers any more: what is left of them must not keep the process alive. */
  readonly over: AbortSignal
}

/** Plays one recording as the answer to `question`. */
export function play<Q extends Question<R>, R>(
  protocol: Wording<Q, R>,
  recording: Recording<Q, R>,
  question: Q,
  signal: AbortSignal,
  options: PlayOptions<R>,
): AsyncIterable<R> {
  if (recording.ready) return recording.ready
  const { messages, ending } = recording.exchange
  if (options.pace === 'instant' && ending === 'complete' && messages.every(({ from }) => from === 'service')) {
    return (recording.ready = readyAnswer(messages.map(({ message }) => message)))
  }
  return perform(protocol, recording.exchange, question, signal, options)
}

async function* perform<Q extends Question<R>, R>(
  protocol: Wording<Q, R>,
  { messages, ending, durationMs }: Exchange<Q, R>,
  question: Q,
  signal: AbortSignal,
  { pace, departure, cut, over }: PlayOptions<R>,
): AsyncGenerator<R> {
  const started = realElapsed()
  const speed = pace === 'instant' ? Infinity : pace === 'real' ? 1 : pace
  const until = async (ms: number): Promise<void> => {
    const wait = ms / speed - (realElapsed() - started)
    if (speed === Infinity || wait <= 1) return
    await pause(wait, signal, over)
    signal.throwIfAborted()
  }
  const heard = protocol.listen
    ? protocol.listen(question)
    : comparer(question.incoming?.[Symbol.asyncIterator](), (a: R, b: R) => protocol.same?.(a, b) ?? false)
  for (const { from, message, ms } of messages) {
    if (from === 'client') {
      const differs = await heard(message)
      if (differs) throw departure(differs.asked, message)
      continue
    }
    await until(ms)
    yield message
  }
  if (ending === 'complete') return until(durationMs)
  if (ending === 'open' && protocol.endless?.(messages.map(({ message }) => message)) === false) throw cut()
  // The client gave up while it was recorded; it is left waiting until it does so again.
  if (!signal.aborted) await pause(Infinity, signal, over)
}

/** Waits for so many milliseconds or until `signal`; the process stays alive for it, but not when all is over. */
async function pause(ms: number, signal: AbortSignal, over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = ms === Infinity ? setInterval(() => {}, 60_000) : realSetTimeout(resolve, ms)
  const release = (): void => void timer.unref()
  const stop = (): void => resolve()
  if (over.aborted) release()
  over.addEventListener('abort', release, { once: true })
  signal.addEventListener('abort', stop, { once: true })
  await promise
  realClearTimeout(timer)
  over.removeEventListener('abort', release)
  signal.removeEventListener('abort', stop)
}

function comparer<R>(
  incoming: AsyncIterator<R> | undefined,
  same: (asked: R, recorded: R) => boolean,
): (recorded: R) => Promise<{ asked: R | undefined } | undefined> {
  return async (recorded) => {
    const { value, done } = (await incoming?.next()) ?? { value: undefined, done: true }
    if (done) return { asked: undefined }
    return same(value, recorded) ? undefined : { asked: value }
  }
}
