import type { Ending } from '../core/exchange.ts'
import type { Peer } from '../core/peer.ts'
import type { Question } from '../core/protocol.ts'
import type { OpenExchange, Recorder } from '../core/recorder.ts'

export type { OpenExchange, Recorder } from '../core/recorder.ts'

/** Answers as `peer` does, and takes everything down: what the service sends and what the client sends after asking. */
export function capture<Q extends Question<R>, R>(peer: Peer<Q, R>, recorder: Recorder<Q, R>): Peer<Q, R> {
  return (question, signal) => {
    const exchange = recorder.open(question)
    const asked = question.incoming
      ? { ...question, incoming: observe(question.incoming, (message) => exchange.message('client', message)) }
      : question
    return take(peer(asked, signal), exchange, signal)
  }
}

async function* take<R>(answer: AsyncIterable<R>, exchange: OpenExchange<R>, signal: AbortSignal): AsyncGenerator<R> {
  let ending: Ending = 'abandoned'
  try {
    for await (const reply of answer) {
      exchange.message('service', reply)
      yield reply
    }
    // A service that is no longer waited for ends its answer too.
    if (!signal.aborted) ending = 'complete'
  } finally {
    exchange.close(ending)
  }
}

async function* observe<T>(messages: AsyncIterable<T>, seen: (message: T) => void): AsyncGenerator<T> {
  for await (const message of messages) {
    seen(message)
    yield message
  }
}
