import type { RecordMode } from '../core/boundary.ts'
import { MortarError } from '../core/errors.ts'
import type { TestRef } from '../core/exchange.ts'
import { type Candidate, explainMiss } from '../modes/explain.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import type { RunContext } from './run-context.ts'
import { reproduce } from './summary/reproduce.ts'
import { realNow } from '../core/real-clock.ts'

/** A question that nothing recorded answers. */
export interface Unanswered {
  readonly boundary: AttachedBoundary
  /** Redacted, as the recordings are. */
  readonly asked: AnyQuestion
  readonly mode: RecordMode
  readonly test: TestRef | null
  /** The recordings that the test could have had. */
  readonly candidates: readonly Candidate[]
  /** The cassettes that `candidates` come from; the others are searched for what another test recorded. */
  readonly searched: readonly string[]
}

/** Explains a miss, in the journal and as the error that its client gets. */
export function reportMiss(run: RunContext, unanswered: Unanswered): MortarError {
  const { boundary, asked, mode, test, candidates } = unanswered
  const { protocol, name } = boundary
  const operation = protocol.describe(asked).name
  const miss = explainMiss(
    {
      boundary: name,
      operation,
      summary: protocol.summarize(asked),
      test,
      identity: protocol.identify(asked),
      facets: protocol.facets(asked),
      mode,
      command: reproduce(run.command, test),
    },
    [...candidates, ...recordedElsewhere(run, unanswered)],
  )
  const { cause, text: explanation, fix: hint } = miss
  run.journal.write({ t: 'miss', at: realNow(), boundary: name, operation, test, cause, explanation }, 'now')
  return new MortarError('MORTAR_MISS', explanation, { hint })
}

function recordedElsewhere(run: RunContext, { boundary, searched }: Unanswered): Candidate[] {
  const { protocol, name } = boundary
  return run
    .recordings(run.cassettes.list().filter((file) => !searched.includes(file)))
    .filter(({ exchange }) => exchange.boundary === name)
    .map(({ exchange, cassette }) => ({
      get facets() {
        return protocol.facets(exchange.question)
      },
      identity: protocol.identify(exchange.question),
      test: exchange.test,
      cassette,
      recordedAt: exchange.askedAt,
      state: 'other-test',
    }))
}
