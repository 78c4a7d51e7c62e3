import type { Risk } from '../../core/boundary.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import type { JournalEvent } from '../../store/journal-event.ts'
import type { Diagnosis } from '../../timeline/diagnosis/diagnosis.ts'
import type { TimelineCode } from '../../timeline/finding.ts'
import type { Sifted } from '../../timeline/finding-rules.ts'
import type { MatrixDocument } from '../matrix/document.ts'
import type { KnownRunner } from '../known-runner.ts'
import type { FailOn } from '../matrix/fail-on.ts'

/** Everything a summary is made of. Times are milliseconds. */
export interface SummaryInput {
  /** The events of all shards of the run, in any order. */
  readonly events: Iterable<JournalEvent>
  /** The boundaries of the config, in its order. */
  readonly boundaries: readonly DeclaredBoundary[]
  /** What the cassettes hold. */
  readonly recordings: readonly RecordedExchange[]
  /** Operations that the contract of a boundary names, by boundary: `GET /repos/{owner}/{repo}`. */
  readonly contracts?: Readonly<Record<string, readonly string[]>>
  /** The team's test command, from which commands that reproduce a finding are made. */
  readonly command?: string
  /** The runner of that command, where nothing of ours was there to tell of its tests. */
  readonly unattached?: KnownRunner | undefined
  /** Exit code of the test command; null when a signal ended it. */
  readonly testExitCode: number | null
  /** Since the epoch. */
  readonly now: number
  /** What the timeline of the run shows; left out: it was not looked at. */
  readonly observed?: Observed
  /** Codes of what the timeline shows that fail the run. */
  readonly failOn?: readonly TimelineCode[]
  /** What the failure matrix has shown, or what kept it from running; left out: it was not run. */
  readonly matrix?: CheckedMatrix
}

/** The failure matrix of a run. */
export type CheckedMatrix =
  | {
      readonly document: MatrixDocument
      readonly failOn: FailOn
      /** Path relative to the report. */
      readonly page: string
    }
  | { readonly problem: { readonly code: ErrorCode; readonly reason: string; readonly hint: string } }

/** What the timeline of a run shows. Tests are named by `testKey`; what happened outside of any is the empty one. */
export interface Observed extends Sifted {
  /** Of failed and unfinished tests. */
  readonly diagnoses: ReadonlyMap<string, Diagnosis>
  /** Paths of their timelines, relative to the project. */
  readonly artifacts: ReadonlyMap<string, string>
}

/** What the config says of a boundary. */
export interface DeclaredBoundary {
  readonly name: string
  readonly protocol: string
  readonly origin?: string | undefined
  readonly owner?: string | undefined
  /** Default `medium`. */
  readonly risk?: Risk | undefined
  /** `refreshEvery` in milliseconds; absent: recordings never become stale. */
  readonly refreshEveryMs?: number | undefined
  /** Default `warn`. */
  readonly stale?: 'warn' | 'fail' | undefined
  /** What to look for when nothing is asked there. */
  readonly unusedHint?: string | undefined
}

/** One exchange of a cassette. */
export interface RecordedExchange {
  readonly boundary: string
  /** Path of the cassette, relative to the project. */
  readonly file: string
  readonly operation: string
  /** Since the epoch; null when it is not known. */
  readonly recordedAt: number | null
}
