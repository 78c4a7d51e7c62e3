import { expiredText } from '../../matrix/allow.ts'
import type { MatrixDocument } from './document.ts'

/** What lets a matrix fail: any finding, those that were not accepted, or nothing. */
export const failOnWords = ['bad', 'new', 'never'] as const
export type FailOn = (typeof failOnWords)[number]

/** Why a matrix fails; empty when it passes. */
export function failuresOf(
  { findings, cells, expiredRules, tests }: MatrixDocument,
  failOn: FailOn,
): readonly string[] {
  if (failOn === 'never') return []
  const counted = findings.filter(({ accepted }) => failOn === 'bad' || accepted === undefined)
  return [
    ...counted.map(({ sentence }) => sentence),
    ...expiredRules.map(expiredText),
    // Nor is anything known of what a test would have shown that fails by itself.
    ...tests.excluded.flatMap(({ test, state }) => (state === 'failing' ? [`${test.name} fails by itself`] : [])),
    // A matrix of nothing proves nothing.
    ...(cells.length === 0 ? ['nothing was tried'] : []),
  ]
}
