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
  /** Written by hand, and kept. */
  readonly reason?: string
  /** By which it is known again, whatever else is edited. */
  readonly key: string
}

/** What of a finding is compared and kept. */
export type AcceptableFinding = Omit<AcceptedFinding, 'reason'>

/** Findings held against those that were accepted, or that were there before. */
export interface AcceptedComparison<T> {
  /** The entry that covers each finding; `undefined` for one that is new. In the order of the findings. */
  readonly entries: readonly (T | undefined)[]
  /** Entries that cover nothing. */
  readonly gone: readonly T[]
}

/** Finds what was accepted before. Each entry covers one finding: a second mistake with the same key is new. */
export function compareAccepted<T extends { readonly key: string }>(
  findings: readonly { readonly key: string }[],
  accepted: readonly T[],
): AcceptedComparison<T> {
  const left = Map.groupBy(accepted, ({ key }) => key)
  const entries = findings.map(({ key }) => left.get(key)?.shift())
  return { entries, gone: [...left.values()].flat() }
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
  const { entries, gone } = compareAccepted(findings, accepted)
  const kept = findings.map((finding, i): AcceptedFinding => entries[i] ?? entryOf(finding))
  return [...kept, ...(isWhole ? [] : gone)].toSorted((a, b) => compareTexts(orderOf(a), orderOf(b)))
}

function entryOf({ boundary, operation, fault, verdict, site, sentence, key }: AcceptableFinding): AcceptedFinding {
  // Lines change with every edit above them.
  const file = site?.replace(/:\d+$/, '')
  const text = site === undefined ? sentence : sentence.replaceAll(` (${site})`, '')
  return { boundary, operation, fault, verdict, ...(file !== undefined && { site: file }), sentence: text, key }
}

function orderOf({ boundary, operation, key, fault, sentence }: AcceptedFinding): string {
  return [boundary, operation, key, fault, sentence].join('\0')
}

/** The same on every machine, whatever its language. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
