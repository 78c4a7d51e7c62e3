import type { Case, Difference } from './case.ts'
import type { Verdict } from './verdict.ts'

/** What an oracle has to say of a cell. */
export interface Judgement {
  readonly verdict: Verdict
  /** `O1` to `O10`; empty for verdicts that are not bad. */
  readonly oracle: string
  /** It does less harm than others of its verdict. */
  readonly minor?: true
  /** The consequence: `POST /v1/charges at payments took place twice instead of once`. */
  readonly what: string
  /** What shows it, a line each. */
  readonly evidence: readonly string[]
  /** What good code does, where the verdict tells more of that than the fault; goes on from `good code would`. */
  readonly advice?: string
  /** The line of the mistake, where that is known and not the one that asked what was struck. */
  readonly site?: string
  /** The effects that name it: what happened too often, or not at all; of O3 what stands, then what is missing. */
  readonly differences?: readonly Difference[]
}

/** What is said of a cell that is `not-applicable` as no recording answered; its evidence is the questions. */
export const notRecorded = 'something was asked that is not recorded'

/** Looks at a cell from one side. */
export type Oracle = (shown: Case) => Judgement | undefined
