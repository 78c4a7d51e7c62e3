import type { Ending, Exchange, TestRef } from '../core/exchange.ts'
import { factsOf } from './facts.ts'
import type { Facts, Moment } from './moment.ts'

/** One exchange of a run as its journal has it. */
export interface Seen {
  readonly id: string
  readonly boundary: string
  readonly protocol: string
  readonly operation: string
  readonly effect: boolean
  readonly test: TestRef | null
  readonly site?: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly question: string
  readonly fromRecording: boolean
  /** Place of the question and of the end among all lines of the run. */
  readonly asked: number
  readonly end?: {
    readonly place: number
    readonly durationMs: number
    readonly ending: Ending
    readonly ok: boolean
    readonly answer: string
    readonly site?: string
  }
  /** Its content, read when it is first asked for; left out where nothing was written down. */
  readonly exchange?: Exchange
}

/** Makes a moment of each; what they were is read when somebody wants to know. */
export function makeMoments(seen: readonly Seen[]): readonly Moment[] {
  return seen.map(makeMoment)
}

function makeMoment({ end, exchange, ...seen }: Seen): Moment {
  let facts: Facts | undefined
  return {
    ...seen,
    exchange,
    ...(end?.site !== undefined && { endSite: end.site }),
    durationMs: end?.durationMs ?? null,
    answered: end?.place ?? Number.POSITIVE_INFINITY,
    ending: end?.ending ?? 'open',
    ok: end?.ok ?? null,
    answer: end?.answer ?? null,
    get facts() {
      return (facts ??= readFacts(seen, exchange))
    },
  }
}

function readFacts({ id, boundary }: Omit<Seen, 'end' | 'exchange'>, exchange: Exchange | undefined): Facts {
  try {
    const facts = exchange ? factsOf(exchange) : {}
    // Sessions are numbered in each process, whose name is what ids begin with.
    const process = id.slice(0, Math.max(0, id.lastIndexOf('-')))
    return facts.session === undefined ? facts : { ...facts, session: `${boundary} ${process} ${facts.session}` }
  } catch {
    // What cannot be read any more, such as a recording whose cassette has changed, says nothing.
    return {}
  }
}
