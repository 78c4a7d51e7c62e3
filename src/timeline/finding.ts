import type { TestRef } from '../core/exchange.ts'
import type { Moment, Timeline } from './moment.ts'

/** What a timeline can show by itself, by code, and what to do about it. `docs/timeline.md` lists exactly these. */
export const timelineHints = {
  'published-before-commit':
    'Publish after COMMIT, or write the message to an outbox table in the same transaction and publish it from there.',
  'published-after-rollback': 'Publish only what was committed; after a ROLLBACK nothing of it has happened.',
  'pool-exhausted':
    'Give back every connection, also when something fails, and ask for no second one while the first is held; then see whether the pool is too small.',
  'second-connection-in-transaction':
    'Use the connection of the transaction: a second one does not see what it wrote, and waits for ever when the pool is empty.',
  'idle-in-transaction':
    'Ask others before BEGIN or after COMMIT; meanwhile the transaction holds its locks and its connection.',
  'never-acknowledged': 'Acknowledge each message once it is dealt with, also in the branches that skip it.',
  'endless-redelivery': 'Put aside what cannot be dealt with, in a dead-letter queue, and wait between attempts.',
  'publish-not-confirmed':
    'Wait for the confirmation of the broker before you go on; without it the message may be lost.',
  'repeated-effect':
    'Send an idempotency key, the same one with every attempt, so that what is sent again does not happen twice.',
  'lost-update':
    'Let the database do the sum (`stock = stock - $1 … AND stock >= $1`), lock the row (SELECT … FOR UPDATE), or compare a version.',
  'checked-then-inserted':
    'Insert first, with ON CONFLICT, and look at what is there when nothing was inserted; or see that a second one at the same time is answered in order.',
  'n-plus-one': 'Ask once for all rows: a JOIN, `WHERE id = ANY($1)`, or the eager loading of your ORM.',
  'slow-statement': 'Look at its plan (EXPLAIN ANALYZE); an index that fits its WHERE is what is mostly missing.',
  'plan-changes-at-volume': 'Add the index that its WHERE, JOIN or ORDER BY wants, or ask for fewer rows.',
  'plans-not-compared': 'Look at the plans of these statements where there are many rows; nothing is known of them.',
} as const

/** Stable name of what a timeline shows; match on it rather than on the text. */
export type TimelineCode = keyof typeof timelineHints

/** Something a timeline shows by itself. */
export interface TimelineFinding {
  readonly code: TimelineCode
  readonly severity: 'warning' | 'note'
  readonly boundary: string
  readonly test: TestRef | null
  /** One line for people. */
  readonly title: string
  /** Evidence for people, a line each. */
  readonly detail: readonly string[]
  /** What to do, where that can be said better than by the code alone. */
  readonly fix?: string
  /** Findings of one code and boundary with the same one are the same mistake, seen again. */
  readonly likeness: string
  /** Ids of the exchanges that show it, in order. */
  readonly exchanges: readonly string[]
}

/** Finds one kind of mistake. One file for each; it says nothing rather than something doubtful. */
export type Detector = (timeline: Timeline) => readonly TimelineFinding[]

/** The first of each kind of mistake, and how often it was seen. */
export function distinct(findings: readonly TimelineFinding[]): readonly (readonly [TimelineFinding, number])[] {
  const groups = Map.groupBy(findings, ({ code, boundary, likeness }) => `${code}\n${boundary}\n${likeness}`)
  return [...groups.values()].map((group) => [group[0]!, group.length] as const)
}

/** What of an exchange stands in the evidence of a finding: `+12 ms  orders  INSERT INTO orders … → INSERT 0 1, 3 ms`. */
export function evidenceLine(moment: Moment, startedAt: number, note?: string): string {
  const { at, boundary, question, answer, durationMs } = moment
  const took = durationMs === null ? 'never ended' : `${answer ?? ''}, ${Math.round(durationMs)} ms`
  const line = `+${Math.max(0, Math.round(at - startedAt))} ms  ${boundary}  ${question} → ${took}`
  return note === undefined ? line : `${line}  ← ${note}`
}
