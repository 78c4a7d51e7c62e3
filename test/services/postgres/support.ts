import type { Exchange } from '../../../src/core/exchange.ts'
import type { Recorder } from '../../../src/core/recorder.ts'
import { listenForWire, type WireListenerOptions } from '../../../src/engine/wire-listener.ts'
import type { Listener } from '../../../src/engine/listener.ts'
import type { PostgresQuestion, PostgresReply } from '../../../src/protocols/postgres/message.ts'
import { postgresWire } from '../../../src/protocols/postgres/postgres-wire.ts'
import { summaryOf, outcomeOf } from '../../../src/protocols/postgres/outcome.ts'

/** What was taken down of one question. */
export interface Taken {
  readonly question: PostgresQuestion
  readonly replies: PostgresReply[]
  ending: Exchange['ending']
}

/** A recorder that keeps everything in memory. */
export interface Notes extends Recorder<PostgresQuestion, PostgresReply> {
  readonly all: Taken[]
  statements(): Taken[]
  /** `fingerprint → outcome` of each statement. */
  lines(): string[]
}

export function takeNotes(): Notes {
  const all: Taken[] = []
  const statements = (): Taken[] => all.filter(({ question }) => question.kind !== 'connect')
  return {
    all,
    statements,
    lines: () => statements().map(({ question, replies }) => `${summaryOf(question)} → ${outcomeOf(replies).summary}`),
    open(question) {
      const taken: Taken = { question, replies: [], ending: 'open' }
      all.push(taken)
      return {
        message: (_from, reply) => void taken.replies.push(reply),
        close: (ending) => {
          taken.ending = ending
        },
      }
    },
  }
}

/** A proxy in front of the server on `port`. */
export function proxyTo(
  port: number,
  more: Partial<WireListenerOptions<PostgresQuestion, PostgresReply>> = {},
): Promise<Listener> {
  return listenForWire({ wire: postgresWire(), target: { host: '127.0.0.1', port }, ...more })
}
