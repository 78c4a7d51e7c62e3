import type { Facet } from '../core/identity.ts'
import { aroundPlaceholders, dropPlaceholderIds, placeholderKinds } from '../core/redaction/placeholder-kinds.ts'
import { differsEveryRun } from './volatile.ts'

/** A part in which two questions differ. A side that has no such part is undefined. */
export interface Difference {
  /** `query.page`, `body.labels[0]`. */
  readonly path: string
  readonly asked?: string
  readonly recorded?: string
}

/** What is to be made of a difference. */
export type DifferenceKind = 'redaction' | 'volatile' | 'plain'

/** All parts in which two questions differ, those of `asked` first. Placeholders of one kind are equal. */
export function facetDifferences(asked: readonly Facet[], recorded: readonly Facet[]): readonly Difference[] {
  const left = new Map(recorded.map(({ path, value }) => [path, value]))
  const differences: Difference[] = []
  for (const { path, value } of asked) {
    const other = left.get(path)
    left.delete(path)
    if (other === undefined) differences.push({ path, asked: value })
    else if (value !== other && dropPlaceholderIds(value) !== dropPlaceholderIds(other)) {
      differences.push({ path, asked: value, recorded: other })
    }
  }
  for (const [path, value] of left) differences.push({ path, recorded: value })
  return differences
}

/** Tells a secret that was replaced on one side only, or by another rule, from a value that is new on each run. */
export function kindOf({ path, asked, recorded }: Difference): DifferenceKind {
  if (asked !== undefined && recorded !== undefined && (hides(asked, recorded) || hides(recorded, asked))) {
    return 'redaction'
  }
  return differsEveryRun(path, asked, recorded) ? 'volatile' : 'plain'
}

/** Whether `redacted` could be `other` with its secrets replaced. */
function hides(redacted: string, other: string): boolean {
  const kinds = placeholderKinds(redacted)
  if (kinds.length === 0) return false
  // Only long strings are replaced for their entropy alone, so a short one is a value of its own.
  if (kinds.includes('high-entropy') && !other.includes('{{') && other.length < 16) return false
  const parts = aroundPlaceholders(redacted).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('[^]+')}$`).test(other)
}
