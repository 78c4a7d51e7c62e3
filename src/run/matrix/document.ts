import type { TestRef } from '../../core/exchange.ts'
import type { ProvedOperation } from '../../core/proved-contract.ts'
import type { AllowRule } from '../../matrix/allow.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { Verdict } from '../../matrix/verdict.ts'
import type { ExchangeDocument } from './exchange-document.ts'

/** One cell as it is told of. */
export interface CellDocument extends Cell {
  readonly verdict: Verdict
  /** `O1` to `O9`; empty for verdicts that are not bad. */
  readonly oracle: string
  readonly what: string
  readonly evidence: readonly string[]
  readonly durationMs: number
  /** Call of the program, where that is known. */
  readonly site?: string
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
}

/** What is wrong at one place, with what shows it. */
export interface FindingDocument {
  readonly sentence: string
  readonly verdict: Verdict
  readonly oracle: string
  readonly boundary: string
  readonly operation: string
  readonly fault: string
  readonly test: TestRef
  readonly site?: string
  /** What good code does. */
  readonly expected: string
  readonly evidence: readonly string[]
  /** Ids of all cells that show it, the best one first. */
  readonly cells: readonly string[]
  /** What shows it again. */
  readonly reproduce: string
  readonly clean: readonly TimelineLine[]
  readonly faulted: readonly TimelineLine[]
}

/** So many of so many. */
export interface Share {
  readonly good: number
  readonly of: number
}

/** What a matrix has shown: the content of `.mortar/matrix.json`. */
export interface MatrixDocument {
  readonly version: 1
  /** When it began, milliseconds since the epoch. */
  readonly at: number
  readonly durationMs: number
  readonly command: string
  readonly tests: {
    readonly stable: number
    /** Tests that are not judged, and why. */
    readonly excluded: readonly { readonly test: TestRef; readonly state: 'flaky' | 'failing'; readonly why: string }[]
  }
  readonly findings: readonly FindingDocument[]
  readonly cells: readonly CellDocument[]
  /** What cells strike, one for all that are alike. */
  readonly exchanges: Readonly<Record<string, ExchangeDocument>>
  /** Cells that were not run: there was no time left, or they were interrupted. */
  readonly leftOut: readonly Cell[]
  /** Bad verdicts that did not show again. */
  readonly unconfirmed: number
  /** Rules of the config that hold no longer, though something would still need them. */
  readonly expiredRules: readonly AllowRule[]
  /** Errors that were handled or failed in order, of all that were decided. */
  readonly resilience: Share
  /** Wrong data that some test noticed, of all that was decided. */
  readonly vigilance: Share
  /** What the program needs of the answers it gets, as far as these tests prove it. */
  readonly contracts: readonly ProvedOperation[]
  /** Fields whose loss shows somewhere, of all that the program reads. */
  readonly contractCoverage: Share
  readonly interrupted: boolean
}
