import type { Risk } from '../../core/boundary.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import type { Ending, TestRef } from '../../core/exchange.ts'
import type { AnsweredBy, Door } from '../../store/journal-event.ts'
import type { Diagnosis } from '../../timeline/diagnosis/diagnosis.ts'

/**
 * What one run showed, as plain JSON: the terminal, the HTML report and `--json` are three views of it.
 * Times that end in `At` are milliseconds since the epoch; those that end in `Ms` are spans in milliseconds.
 */
export interface Summary {
  readonly version: 1
  readonly madeAt: number
  /** The team's test command, when it is known. */
  readonly command: string | null
  /** Time of the first event; null when the journal is empty. */
  readonly startedAt: number | null
  readonly durationMs: number
  readonly verdict: Verdict
  readonly totals: Totals
  /** The most harmful first. Views show the first ten and say how many more there are. */
  readonly findings: readonly Finding[]
  /** What rules of the config have kept out of the findings. */
  readonly ignored: readonly IgnoredFindings[]
  /** Those of the config in its order, then those that only the journal knows. */
  readonly boundaries: readonly BoundarySummary[]
  /** In the order they started; what happened outside of any test is the last one. */
  readonly tests: readonly TestSummary[]
  /** The most often asked first. */
  readonly unknown: readonly UnknownDestination[]
  /** At most ten, the slowest first. */
  readonly slowest: readonly SlowExchange[]
  /** Null when the failure matrix was not run. */
  readonly matrix: MatrixSummary | null
}

/** So many of so many. */
export interface Share {
  readonly good: number
  readonly of: number
}

/** What the failure matrix has shown, in numbers; what it found is among the findings. */
export interface MatrixSummary {
  readonly state: 'running' | 'finished' | 'interrupted'
  readonly durationMs: number
  readonly cells: number
  /** Cells for which there was no time. */
  readonly leftOut: number
  readonly findings: number
  /** Those of them that the team has accepted. */
  readonly accepted: number
  readonly weaknesses: number
  readonly resilience: Share
  readonly vigilance: Share
  readonly contractCoverage: Share
  /** Path of its page, relative to the report. */
  readonly page: string
}

export interface Verdict {
  readonly passed: boolean
  readonly exitCode: 0 | 1
  /** True when the run proved nothing about any boundary, whatever its exit code. */
  readonly vacuous: boolean
  /** Why it failed, one phrase each; empty when it passed. */
  readonly reasons: readonly string[]
}

export interface Totals {
  readonly tests: Readonly<Record<TestState, number>>
  readonly exchanges: number
  /** Exchanges answered by a recording. */
  readonly fromCassette: number
  /** Exchanges answered by the real service. */
  readonly fromService: number
  /** Exchanges that never ended. */
  readonly open: number
  readonly misses: number
  /** Calls to addresses of no boundary. */
  readonly unknownCalls: number
  /** What this run wrote into cassettes. */
  readonly saved: { readonly cassettes: number; readonly exchanges: number; readonly redactions: number }
  readonly recordings: Recordings
}

/** How old recordings are. Ages are left to the reader: `madeAt - oldestAt`. */
export interface Recordings {
  readonly exchanges: number
  readonly files: number
  readonly oldestAt: number | null
  readonly newestAt: number | null
  /** Recordings whose time is not known, as some imported formats do not tell it. */
  readonly undated: number
}

/** `unfinished`: the process ended first. `outside`: not a test, but what happened outside of any. */
export type TestState = 'passed' | 'failed' | 'skipped' | 'unfinished' | 'outside'

export interface TestSummary {
  /** Null only in the state `outside`. */
  readonly test: TestRef | null
  readonly state: TestState
  readonly startedAt: number
  /** Null when it did not end. */
  readonly durationMs: number | null
  /** How many times it ran; more than one means that it was retried. */
  readonly attempts: number
  readonly error: string | null
  /** Which boundary broke and how; null for tests that did not fail. */
  readonly diagnosis: Diagnosis | null
  /** Path of its timeline, relative to the project; what was said stands beside it. Null for tests that did not fail. */
  readonly artifacts: string | null
  /** In the order they were asked. */
  readonly exchanges: readonly ExchangeSummary[]
  readonly misses: readonly MissSummary[]
  /** Addresses of no boundary that it called, each once. */
  readonly unknown: readonly string[]
}

export interface ExchangeSummary {
  readonly id: string
  readonly boundary: string
  readonly operation: string
  readonly effect: boolean
  readonly by: AnsweredBy
  readonly door: Door
  /** Since the start of its test. */
  readonly startMs: number
  /** Null when it never ended. */
  readonly durationMs: number | null
  readonly ending: Ending
  /** False when the answer was a failure or, for HTTP, a status of 400 and more; null when it never ended. */
  readonly ok: boolean | null
  /** One line: `GET https://api.github.com/repos/a/b`. */
  readonly asked: string
  /** One line: `200 OK, 2.1 kB`; null when it never ended. */
  readonly answered: string | null
  /** Path of the cassette, relative to the project. */
  readonly cassette: string | null
  /** Id in the cassette of the recording that answered. */
  readonly recorded: string | null
}

export interface MissSummary {
  readonly boundary: string
  readonly operation: string
  readonly cause: string
  /** The whole explanation, several lines. */
  readonly explanation: string
  /** Since the start of its test. */
  readonly startMs: number
}

export interface BoundarySummary {
  readonly name: string
  readonly protocol: string
  readonly origin: string | null
  readonly owner: string | null
  readonly risk: Risk
  /** False when the config does not name it. */
  readonly declared: boolean
  readonly exchanges: number
  readonly fromCassette: number
  readonly fromService: number
  /** Exchanges answered by a failure or, for HTTP, a status of 400 and more. */
  readonly notOk: number
  readonly misses: number
  /** How many tests asked it anything. */
  readonly tests: number
  /** The most often asked first. */
  readonly exercised: readonly OperationUse[]
  /** Operations that have a recording, but were not asked in this run. */
  readonly recordedOnly: readonly string[]
  /** Operations of the contract that were not asked in this run; null when there is no contract. */
  readonly contractOnly: readonly string[] | null
  readonly recordings: Recordings
  readonly refreshEveryMs: number | null
  readonly stalePolicy: 'warn' | 'fail'
  /** Cassettes with recordings older than `refreshEveryMs`, the oldest first. Undated ones count as stale. */
  readonly stale: readonly StaleCassette[]
}

export interface OperationUse {
  readonly name: string
  readonly effect: boolean
  readonly count: number
  readonly notOk: number
  /** Null when none of them ended. */
  readonly medianMs: number | null
  readonly maxMs: number | null
}

export interface StaleCassette {
  readonly file: string
  /** How many of its recordings are stale. */
  readonly exchanges: number
  /** Null when a recording in it has no date. */
  readonly oldestAt: number | null
}

export interface UnknownDestination {
  readonly address: string
  readonly count: number
  readonly policy: 'error' | 'passthrough'
  readonly tests: readonly TestRef[]
}

export interface SlowExchange extends ExchangeSummary {
  readonly test: TestRef | null
}

/** `error` fails the verdict; the others do not. */
export type Severity = 'error' | 'warning' | 'note'

/** Findings that a rule of the config has taken away. */
export interface IgnoredFindings {
  readonly code: string
  /** Null where the rule names none. */
  readonly boundary: string | null
  readonly operation: string | null
  readonly test: string | null
  readonly reason: string
  /** `2026-12-31`, or null for ever. */
  readonly until: string | null
  readonly count: number
}

/** One thing somebody should know or do, with its evidence. */
export interface Finding {
  readonly severity: Severity
  /** A code of `docs/errors.md` or `docs/timeline.md`, a verdict of `docs/matrix.md`, or what a warning of the journal carries. */
  readonly code: ErrorCode | (string & {})
  /** One line. */
  readonly title: string
  /** Evidence, possibly several lines; may be empty. */
  readonly detail: string
  /** What to do about it, one sentence. */
  readonly fix: string
  /** One command that reproduces or mends it. */
  readonly command: string | null
  readonly boundary: string | null
  /** At most twenty of the tests concerned. */
  readonly tests: readonly TestRef[]
  /** How many tests are concerned. */
  readonly testCount: number
  /** Ids of the exchanges that show it, of the first of its tests; only what a timeline shows has them. */
  readonly exchanges?: readonly string[]
  /** Id of the cell that shows it best; only what the failure matrix has found has one. */
  readonly cell?: string
}
