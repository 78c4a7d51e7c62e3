import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Exchange } from '../core/exchange.ts'
import { readyAnswer } from '../core/peer.ts'
import type { Protocol, Question } from '../core/protocol.ts'
import type { Recording } from './tape.ts'

/** How fast a recording is played: at once, as it was, or that many times as fast. */
export type Pace = 'instant' | 'real' | number

/** Thrown into an answer when the client sends something else than it did when the exchange was recorded. */
export type Departure<R> = (asked: R | undefined, recorded: R) => Error

/** Plays one recording as the answer to `question`. */
export function play<Q extends Question<R>, R>(
  protocol: Protocol<Q, R>,
  recording: Recording<Q, R>,
  question: Q,
  signal: AbortSignal,
  pace: Pace,
  departure: Departure<R>,
): AsyncIterable<R> {
  if (recording.ready) return recording.ready
  const { messages, ending } = recording.exchange
  if (pace === 'instant' && ending === 'complete' && messages.every(({ from }) => from === 'service')) {
    return (recording.ready = readyAnswer(messages.map(({ message }) => message)))
  }
  return perform(protocol, recording.exchange, question, signal, pace, departure)
}

async function* perform<Q extends Question<R>, R>(
  protocol: Protocol<Q, R>,
  { messages, ending, durationMs }: Exchange<Q, R>,
  question: Q,
  signal: AbortSignal,
  pace: Pace,
  departure: Departure<R>,
): AsyncGenerator<R> {
  const started = performance.now()
  const speed = pace === 'instant' ? Infinity : pace === 'real' ? 1 : pace
  const until = async (ms: number): Promise<void> => {
    const wait = ms / speed - (performance.now() - started)
    if (speed !== Infinity && wait > 1) await delay(wait, undefined, { signal })
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
  // The client gave up while it was recorded; it is left waiting until it does so again.
  if (!signal.aborted) await abandoned(signal)
}

async function abandoned(signal: AbortSignal): Promise<void> {
  const stayAlive = setInterval(() => {}, 60_000)
  await once(signal, 'abort')
  clearInterval(stayAlive)
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
