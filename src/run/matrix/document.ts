import type { AskedOnce } from '../../matrix/asked-once.ts'
import type { Risk } from '../../core/boundary.ts'
import type { TestRef } from '../../core/exchange.ts'
import type { ProvedOperation } from '../../core/proved-contract.ts'
import type { AcceptedFinding } from '../../matrix/accepted.ts'
import type { AllowRule } from '../../matrix/allow.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Difference } from '../../matrix/case.ts'
import type { Harm } from '../../matrix/harm.ts'
import type { LeftOutPair } from '../../matrix/pairs.ts'
import type { Verdict } from '../../matrix/verdict.ts'
import type { ExchangeDocument } from './exchange-document.ts'

/** One cell as it is told of. */
export interface CellDocument extends Cell {
  readonly verdict: Verdict
  /** `O1` to `O10`; empty for verdicts that are not bad. */
  readonly oracle: string
  readonly what: string
  readonly evidence: readonly string[]
  /** Of O1, O2 and O3: the effects that differ from a clean run. */
  readonly differences?: readonly Difference[]
  readonly durationMs: number
  /** Call of the program, where that is known. */
  readonly site?: string
  /** Not run by this matrix: nothing has changed since an earlier one on which it depends. */
  readonly cached?: true
  /** Name of the matrix that ran it, where that is an earlier one. */
  readonly ranBy?: string
  /** Seen again, alone, in a fresh process. */
  readonly confirmed?: boolean
  /** Key of what it strikes in `exchanges`. */
  readonly exchange?: string
}

/** One line of a timeline. */
export interface TimelineLine {
  /** Milliseconds since the first thing that was asked. */
  readonly ms: number
  readonly boundary: string
  readonly text: string
  /** The fault struck here. */
  readonly struck?: true
  /** What else is to be said of it, behind it. */
  readonly note?: string
  /** Nothing crossed: the fault struck no more from here on, which the text says. */
  readonly lifted?: true
}

/** One mistake of the program, with what shows it. */
export interface FindingDocument {
  readonly sentence: string
  readonly verdict: Verdict
  readonly oracle: string
  readonly boundary: string
  readonly operation: string
  readonly fault: string
  /** All operations and faults that show it, those above first. */
  readonly operations: readonly string[]
  readonly faults: readonly string[]
  /** The same for the same mistake in other runs; two mistakes may share one. */
  readonly key: string
  /** What is at stake, and the highest risk of the boundaries that it is about. */
  readonly harm: Harm
  readonly risk: Risk
  /** Set when the team has accepted it in `mortar.accepted.json`; `reason` is what is written there. */
  readonly accepted?: { readonly reason?: string }
  /** Set when it was accepted at other operations only: those at which it is new. */
  readonly newAt?: readonly string[]
  readonly test: TestRef
  readonly site?: string
  /** What good code does. */
  readonly expected: string
  readonly evidence: readonly string[]
  /** Ids of all cells that show it, the best one first. */
  readonly cells: readonly string[]
  /** What shows it again. */
  readonly reproduce: string
  /** A test that fails today, for vitest or `mortar/node-test`; empty where the tests are of another runner. */
  readonly suggestedTest: string
  readonly clean: readonly TimelineLine[]
  readonly faulted: readonly TimelineLine[]
}

/** Tests that failed, in order, under something of which good code makes nothing. Not counted as bad. */
export interface WeaknessDocument {
  readonly sentence: string
  readonly boundary: string
  readonly operations: readonly string[]
  readonly faults: readonly string[]
  readonly expected: string
  /** Ids of its cells, the best one first. */
  readonly cells: readonly string[]
  /** Of the best cell. */
  readonly test: TestRef
  readonly site?: string
  readonly reproduce: string
}

/** So many of so many. */
export interface Share {
  readonly good: number
  readonly of: number
}

/** How far a matrix has come. */
export type MatrixState = 'running' | 'finished' | 'interrupted'

/** What a matrix has shown: the content of `.mortar/matrix.json`. */
export interface MatrixDocument {
  readonly version: 1
  /** When it began, milliseconds since the epoch. */
  readonly at: number
  readonly durationMs: number
  readonly command: string
  /** Everything was tried: nothing was narrowed down, left out, interrupted or not judged. */
  readonly isWhole: boolean
  readonly tests: {
    readonly stable: number
    /** Tests that are not judged, and why. */
    readonly excluded: readonly {
      readonly test: TestRef
      /** `armed`: it arms a fault by itself, and is about a failure already. */
      readonly state: 'armed' | 'flaky' | 'failing'
      readonly why: string
    }[]
  }
  /** The most harmful first. */
  readonly findings: readonly FindingDocument[]
  /** Of what was accepted, what a matrix that tried everything does not show any more. */
  readonly noLongerFound: readonly AcceptedFinding[]
  readonly weaknesses: readonly WeaknessDocument[]
  readonly cells: readonly CellDocument[]
  /** What cells strike, one for all that are alike. */
  readonly exchanges: Readonly<Record<string, ExchangeDocument>>
  /** Cells that were not run: there was no time left, or they were interrupted. */
  readonly leftOut: readonly Cell[]
  /** Pairs of faults that are not tried, as there are enough: at one exchange, or in all. */
  readonly leftOutPairs?: readonly LeftOutPair[]
  /** Programs that were written to while it ran: what is said may be of what they were, or of what they are. */
  readonly edited?: readonly string[]
  /** Where cells were left out: how long processes were blocked by tests or by cells, milliseconds. */
  readonly blockedMs?: number
  /** What programs ask once in a process, and keep: nothing strikes it. */
  readonly askedOnce?: readonly AskedOnce[]
  /** Bad verdicts that did not show again. */
  readonly unconfirmed: number
  /** Rules of the config that hold no longer, though something would still need them. */
  readonly expiredRules: readonly AllowRule[]
  /** Rules of the config that nothing needs, as far as a matrix shows that tried everything. */
  readonly unusedRules?: readonly AllowRule[]
  /** Errors that were handled or failed in order, of all that were decided. */
  readonly resilience: Share
  /** Wrong data that some test noticed, of all that was decided. */
  readonly vigilance: Share
  /** What the program needs of the answers it gets, as far as these tests prove it. */
  readonly contracts: readonly ProvedOperation[]
  /** Fields whose loss shows somewhere, of all that the program reads. */
  readonly contractCoverage: Share
  /** Of a matrix that is `running`, what it has shown so far; of one that was interrupted, what was known by then. */
  readonly state: MatrixState
}
