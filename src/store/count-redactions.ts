import type { Redaction } from '../core/redaction.ts'
import type { RedactionCount } from './cassette.ts'

/** Adds redactions to the counts that a cassette has already, sorted by kind and place. */
export function countRedactions(former: readonly RedactionCount[], made: readonly Redaction[]): RedactionCountJson[] {
  const counts = new Map(former.map(({ kind, count, where }) => [kind, { count, where: new Set(where) }]))
  for (const { kind, where } of made) {
    const known = counts.get(kind) ?? { count: 0, where: new Set<string>() }
    counts.set(kind, { count: known.count + 1, where: known.where.add(where) })
  }
  return Array.from(counts, ([kind, { count, where }]) => ({ kind, count, where: [...where].toSorted() })).toSorted(
    (a, b) => (a.kind < b.kind ? -1 : 1),
  )
}

/** A count as the file holds it. */
export type RedactionCountJson = { readonly kind: string; readonly count: number; readonly where: readonly string[] }
