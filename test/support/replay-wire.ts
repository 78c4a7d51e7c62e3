import net from 'node:net'
import { onTestFinished } from 'vitest'
import { MortarError } from '../../src/core/errors.ts'
import type { Ending, Exchange, Timed } from '../../src/core/exchange.ts'
import type { Peer } from '../../src/core/peer.ts'
import type { Protocol, Question } from '../../src/core/protocol.ts'
import { createRedactor } from '../../src/core/redaction/create-redactor.ts'
import type { ServedWire } from '../../src/core/wire.ts'
import { play } from '../../src/modes/replay.ts'
import { makeTape } from '../../src/modes/tape.ts'
import { listening } from './upstream.ts'

/** What was taken down of one question. */
export interface Recorded<Q, R> {
  readonly question: Q
  readonly messages: readonly Timed<R>[]
  readonly ending: Ending
}

/** A server that answers from recordings, which were redacted, written down, and read again. */
export interface ReplayServer {
  readonly port: number
  /** What the recordings look like on disk. */
  readonly json: string
  /** Questions that nothing recorded answered. */
  readonly missed: readonly string[]
  /** Recordings that nothing asked for. */
  unused(): number
}

/** Serves recordings for the length of a test. */
export async function replayWire<Q extends Question<R>, R>(
  wire: ServedWire<Q, R>,
  taken: readonly Recorded<Q, R>[],
): Promise<ReplayServer> {
  const kept = new Map<string, Uint8Array>()
  const files = {
    put(bytes: Uint8Array, extension: string): string {
      const name = `${kept.size}.${extension}`
      kept.set(name, bytes)
      return name
    },
    get: (name: string) => kept.get(name)!,
  }
  const redactor = createRedactor()
  const written = taken.map(({ question, messages }) => {
    const { incoming: _later, ...asked } = question
    return JSON.stringify(wire.notation.write(wire.redact({ question: asked as Q, messages }, redactor), files))
  })
  const recordings = taken.map(({ question, messages, ending }, i) => {
    const exchange: Exchange<Q, R> = {
      id: `${i}`,
      boundary: 'boundary',
      protocol: wire.name,
      operation: wire.describe(question).name,
      effect: wire.describe(question).effect,
      test: null,
      askedAt: i,
      durationMs: messages.at(-1)?.ms ?? 0,
      ending,
      ...wire.notation.read(JSON.parse(written[i]!), files),
    }
    return { exchange, cassette: 'recorded.json', expired: false }
  })
  const tape = makeTape(wire as unknown as Protocol<Q, R>, recordings, { repeat: 'none' })
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const missed: string[] = []
  const miss = (reason: string): MortarError => new MortarError('MORTAR_MISS', reason)
  const peer: Peer<Q, R> = (question, signal) => {
    const found = tape.take(wire.redact({ question, messages: [] }, redactor).question)
    if (!found) {
      missed.push(wire.summarize(question))
      throw miss(`nothing recorded answers ${wire.summarize(question)}`)
    }
    return play(wire as unknown as Protocol<Q, R>, found, question, signal, {
      pace: 'instant',
      departure: () => miss('the client went on otherwise'),
      cut: () => new MortarError('MORTAR_RECORDING_CUT', 'the recording ends before the answer does'),
      over: stop.signal,
    })
  }
  const { port } = await listening(
    net.createServer((client) => {
      void wire.serve(client, peer, { origin: 'tcp://localhost', signal: stop.signal })
    }),
  )
  return {
    port,
    json: written.join('\n'),
    missed,
    unused: () => tape.candidates().filter(({ state }) => state === 'available').length,
  }
}
