import type { Cell } from './cell.ts'
import type { Verdict } from './verdict.ts'

/** A bad verdict that a team can live with for now. What is left out matches everything. */
export interface AllowRule {
  readonly boundary?: string
  readonly operation?: string
  /** Name in the catalogue. */
  readonly fault?: string
  readonly verdict?: Verdict
  readonly reason: string
  /** The last day on which it holds: `2027-01-31`. */
  readonly until: string
}

/** The first rule that covers a verdict, expired ones too. */
export function ruleFor(rules: readonly AllowRule[], cell: Cell, verdict: Verdict): AllowRule | undefined {
  return rules.find(
    (rule) =>
      (rule.boundary ?? cell.boundary) === cell.boundary &&
      (rule.operation ?? cell.operation) === cell.operation &&
      (rule.fault ?? cell.fault) === cell.fault &&
      (rule.verdict ?? verdict) === verdict,
  )
}

/** Whether a rule holds no longer. @param now - Milliseconds since the epoch. */
export function isExpired({ until }: AllowRule, now: number): boolean {
  return now >= Date.parse(`${until}T00:00:00Z`) + 86_400_000
}
