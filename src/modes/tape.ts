import type { Ending, Exchange } from '../core/exchange.ts'
import type { Identity } from '../core/identity.ts'
import type { Question } from '../core/protocol.ts'
import type { Wording } from '../core/wire.ts'
import { compileRuleIndex } from '../core/rule-index.ts'
import type { Candidate } from './explain.ts'

/** A recorded exchange, ready to be asked for. */
export interface Recording<Q, R> {
  readonly exchange: Exchange<Q, R>
  /** Path of its cassette, relative to the project. */
  readonly cassette: string
  /** Too old to be replayed. */
  readonly expired: boolean
  /** What {@link play} made of it, where that is the same every time. */
  ready?: AsyncIterable<R>
  /** The exchange in short, made when it is first played. */
  brief?: Brief
}

/** What the journal says of a recording each time that it is played. */
export interface Brief {
  /** By today's names, which may differ from those at the time. */
  readonly operation: string
  readonly effect: boolean
  readonly durationMs: number
  readonly ending: Ending
  /** What came back, in one line for people. */
  readonly summary: string
  readonly ok: boolean
  /** Id of the exchange in its cassette. */
  readonly recorded: string
}

/** The recordings of one boundary in one test, each to be played once: the n-th identical question gets the n-th answer. */
export interface Tape<Q, R> {
  /** The next recording that answers, now consumed, or `undefined`. */
  take(question: Q): Recording<Q, R> | undefined
  /** Every recording and whether it was used, to explain a miss and to list what nothing asked for. */
  candidates(): Candidate[]
}

/** Options of {@link makeTape}. */
export interface TapeOptions {
  /** Whether the last answer is given again when all are used. */
  readonly repeat: 'none' | 'last'
}

interface Reel<Q, R> {
  readonly recordings: Recording<Q, R>[]
  readonly used: boolean[]
  /** Everything before it is used. */
  next: number
}

/** Compiles recordings, in the order they were recorded, into an index. */
export function makeTape<Q extends Question<R>, R>(
  protocol: Wording<Q, R>,
  recordings: readonly Recording<Q, R>[],
  options: TapeOptions,
): Tape<Q, R> {
  const reels = new Map<string, Reel<Q, R>>()
  const index = compileRuleIndex<Reel<Q, R>, Q>()
  const identities: Identity[] = []
  for (const recording of recordings) {
    const identity = protocol.identify(recording.exchange.question)
    identities.push(identity)
    if (recording.expired) continue
    const key = keyOf(identity)
    let reel = reels.get(key)
    if (!reel) {
      reel = { recordings: [], used: [], next: 0 }
      reels.set(key, reel)
      index.add({ ...identity, exactPath: true, value: reel })
    }
    reel.recordings.push(recording)
    reel.used.push(false)
  }
  return {
    take(question) {
      const identity = protocol.identify(question)
      const reel = index.findFirst(identity, question)
      if (!reel) return undefined
      const at = choose(protocol, reel, question, identity, options)
      if (at < 0) return undefined
      if (at >= reel.next) {
        reel.used[at] = true
        while (reel.used[reel.next]) reel.next++
      }
      return reel.recordings[at]
    },
    candidates() {
      const used = new Set<Recording<Q, R>>()
      for (const reel of reels.values()) {
        for (const [at, recording] of reel.recordings.entries()) if (reel.used[at]) used.add(recording)
      }
      return recordings.map((recording, at) => ({
        get facets() {
          return protocol.facets(recording.exchange.question)
        },
        identity: identities[at] as Identity,
        test: recording.exchange.test,
        cassette: recording.cassette,
        recordedAt: recording.exchange.askedAt,
        state: recording.expired ? 'expired' : used.has(recording) ? 'consumed' : 'available',
      }))
    },
  }
}

// `rest` comes last, as it may hold anything.
function keyOf({ origin, method, path, rest }: Identity): string {
  return `${method}\0${origin}\0${path}\0${rest}`
}

/** The position of the recording that answers, or -1. */
function choose<Q extends Question<R>, R>(
  protocol: Wording<Q, R>,
  reel: Reel<Q, R>,
  question: Q,
  identity: Identity,
  { repeat }: TapeOptions,
): number {
  const fits = (recording: Recording<Q, R> | undefined): boolean =>
    recording !== undefined && (protocol.sameQuestion?.(question, recording.exchange.question) ?? true)
  if (reel.next >= reel.recordings.length) {
    return repeat === 'last' ? reel.recordings.findLastIndex(fits) : -1
  }
  // Recordings that differ in a secret count as one question; the one with the very same secret goes first.
  if (identity.rest.includes('{{') && reel.recordings.length - reel.next > 1) {
    const asked = facetText(protocol, question)
    const exact = reel.recordings.findIndex(
      (recording, at) =>
        at >= reel.next &&
        !reel.used[at] &&
        fits(recording) &&
        facetText(protocol, recording.exchange.question) === asked,
    )
    if (exact >= 0) return exact
  }
  for (let at = reel.next; at < reel.recordings.length; at++) {
    if (!reel.used[at] && fits(reel.recordings[at])) return at
  }
  return repeat === 'last' ? reel.recordings.findLastIndex(fits) : -1
}

function facetText<Q extends Question<R>, R>(protocol: Wording<Q, R>, question: Q): string {
  return JSON.stringify(protocol.facets(question))
}
