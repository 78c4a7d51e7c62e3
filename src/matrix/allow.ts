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

/** What a rule narrows itself to, for people: `POST /v1/charges, duplicate`. */
export function allowedBy({ boundary, operation, fault, verdict }: AllowRule): string {
  return [boundary, operation, fault, verdict].filter((word) => word !== undefined).join(', ') || 'everything'
}

/** That a rule holds no longer, in a sentence without an end. */
export function expiredText(rule: AllowRule): string {
  return `a rule has expired on ${rule.until}: ${allowedBy(rule)}: ${rule.reason}`
}

/** That nothing needs a rule, in a sentence without an end. */
export function unusedText(rule: AllowRule): string {
  return `this rule allows nothing any more: ${allowedBy(rule)}: ${rule.reason}`
}

/** Whether a rule holds no longer. @param now - Milliseconds since the epoch. */
export function isExpired({ until }: AllowRule, now: number): boolean {
  return now >= Date.parse(`${until}T00:00:00Z`) + 86_400_000
}
