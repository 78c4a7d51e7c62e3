import { matchesWords } from '../core/match-words.ts'
import { distinct, type TimelineCode, type TimelineFinding } from './finding.ts'
import type { Moment } from './moment.ts'

/** Findings that are known, and not to be told of. In `operation` and `test`, `*` stands for anything. */
export interface IgnoreRule {
  readonly code: TimelineCode
  readonly boundary?: string
  /** `SELECT orders`, `POST *`: one of the exchanges that show it is of this operation. */
  readonly operation?: string
  /** Name of the test, its file, or both: `test/orders.test.ts > places an order`. */
  readonly test?: string
  /** Why, for whoever reads the report. */
  readonly reason: string
  /** The last day on which the rule holds, in UTC: `2026-12-31`. Default: it holds for ever. */
  readonly until?: string
}

/** What a project makes of what a timeline shows. */
export interface FindingRules {
  readonly ignore?: readonly IgnoreRule[]
  /** Findings of these codes fail `mortar check`, unless they are ignored. */
  readonly fail?: readonly TimelineCode[]
}

/** A rule, and to how many findings it applies; the same mistake in several tests is one. */
export interface AppliedRule {
  readonly rule: IgnoreRule
  readonly count: number
}

/** What is left of findings when rules were applied. */
export interface Sifted {
  readonly findings: readonly TimelineFinding[]
  /** Rules that hold and apply to something. */
  readonly ignored: readonly AppliedRule[]
  /** Rules that hold no longer, with what they would apply to. */
  readonly expired: readonly AppliedRule[]
}

/** Takes away what is to be ignored; the first rule that applies to a finding has it. `now`: milliseconds since the epoch. */
export function sift(
  findings: readonly TimelineFinding[],
  moments: readonly Moment[],
  { ignore = [] }: FindingRules,
  now: number,
): Sifted {
  if (ignore.length === 0) return { findings, ignored: [], expired: [] }
  const operations = new Map(moments.map(({ id, operation }) => [id, operation]))
  const [over, inForce] = [ignore.filter((rule) => isOver(rule, now)), ignore.filter((rule) => !isOver(rule, now))]
  const groups = Map.groupBy(findings, (finding) => inForce.find((rule) => applies(rule, finding, operations)))
  return {
    findings: groups.get(undefined) ?? [],
    ignored: inForce.flatMap((rule) => {
      const count = distinct(groups.get(rule) ?? []).length
      return count === 0 ? [] : [{ rule, count }]
    }),
    expired: over.map((rule) => {
      const those = findings.filter((finding) => applies(rule, finding, operations))
      return { rule, count: distinct(those).length }
    }),
  }
}

function isOver({ until }: IgnoreRule, now: number): boolean {
  return until !== undefined && now >= Date.parse(until) + 24 * 3_600_000
}

function applies(rule: IgnoreRule, finding: TimelineFinding, operations: ReadonlyMap<string, string>): boolean {
  const { code, boundary, test, exchanges } = finding
  if (rule.code !== code || (rule.boundary ?? boundary) !== boundary) return false
  if (rule.operation !== undefined) {
    const wanted = rule.operation
    if (!exchanges.some((id) => matchesWords(wanted, operations.get(id) ?? ''))) return false
  }
  if (rule.test === undefined) return true
  const wanted = rule.test
  return (
    test !== null && [test.name, test.file, `${test.file} > ${test.name}`].some((name) => matchesWords(wanted, name))
  )
}
