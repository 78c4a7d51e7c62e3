import type { Verdict } from './verdict.ts'

/** A finding that a team has looked at and lives with, as `mortar.accepted.json` keeps it. */
export interface AcceptedFinding {
  readonly boundary: string
  readonly operation: string
  readonly fault: string
  readonly verdict: Verdict
  /** File of the call, where that is known. */
  readonly site?: string
  readonly sentence: string
  /** Those at which it showed; left out by an earlier version: at any. */
  readonly operations?: readonly string[]
  /** Written by hand, and kept. */
  readonly reason?: string
  /** By which it is known again, whatever else is edited. */
  readonly key: string
}

/** What of a finding is compared and kept. */
export type AcceptableFinding = Omit<AcceptedFinding, 'reason' | 'operations'> & {
  readonly operations: readonly string[]
}

/** Findings held against those that were accepted, or that were there before. */
export interface AcceptedComparison<T> {
  /** The entry that covers each finding; `undefined` for one that is new. In the order of the findings. */
  readonly entries: readonly (T | undefined)[]
  /** Of each that is new, an entry of the same mistake at other operations. */
  readonly partly: readonly (T | undefined)[]
  /** Entries of what is not found any more. */
  readonly gone: readonly T[]
}

interface Comparable {
  readonly key: string
  readonly operations?: readonly string[]
}

/**
 * Finds what was accepted before. Each entry covers one finding: a second mistake with the same key is new, and so is one
 * that shows at an operation at which it was not accepted.
 */
export function compareAccepted<T extends Comparable>(
  findings: readonly Comparable[],
  accepted: readonly T[],
): AcceptedComparison<T> {
  const left = Map.groupBy(accepted, ({ key }) => key)
  const take = ({ key, operations = [] }: Comparable, isWhole: boolean): T | undefined => {
    const some = left.get(key) ?? []
    const at = some.findIndex((entry) => !isWhole || operations.every((one) => entry.operations?.includes(one) ?? true))
    return at < 0 ? undefined : some.splice(at, 1)[0]
  }
  const entries = findings.map((finding) => take(finding, true))
  const partly = findings.map((finding, i) => (entries[i] ? undefined : take(finding, false)))
  return { entries, partly, gone: [...left.values()].flat() }
}

/**
 * What is accepted from now on. Entries that are known already stay as they are, with what was written by hand.
 *
 * @param isWhole - Whether everything was tried: only then are entries dropped that cover nothing any more.
 */
export function acceptAll(
  findings: readonly AcceptableFinding[],
  accepted: readonly AcceptedFinding[],
  isWhole: boolean,
): readonly AcceptedFinding[] {
  const { entries, partly, gone } = compareAccepted(findings, accepted)
  const kept = findings.map((finding, i): AcceptedFinding => entries[i] ?? entryOf(finding, partly[i], isWhole))
  return [...kept, ...(isWhole ? [] : gone)].toSorted((a, b) => compareTexts(orderOf(a), orderOf(b)))
}

/** @param before - What was accepted of it at other operations: the reason that somebody wrote stays. */
function entryOf(
  { boundary, operation, fault, verdict, site, operations, sentence, key }: AcceptableFinding,
  before: AcceptedFinding | undefined,
  isWhole: boolean,
): AcceptedFinding {
  const others = isWhole ? [] : (before?.operations ?? [])
  // Lines change with every edit above them.
  const file = site?.replace(/:\d+$/, '')
  const text = site === undefined ? sentence : sentence.replaceAll(` (${site})`, '')
  return {
    boundary,
    operation,
    fault,
    verdict,
    ...(file !== undefined && { site: file }),
    sentence: text,
    operations: [...new Set([...others, ...operations])].toSorted(compareTexts),
    ...(before?.reason !== undefined && { reason: before.reason }),
    key,
  }
}

function orderOf({ boundary, operation, key, fault, sentence }: AcceptedFinding): string {
  return [boundary, operation, key, fault, sentence].join('\0')
}

/** The same on every machine, whatever its language. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
