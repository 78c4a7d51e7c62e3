import { expiredText } from '../../matrix/allow.ts'
import type { MatrixDocument } from './document.ts'

/** What lets a matrix fail: any finding, those that were not accepted, or nothing. */
export const failOnWords = ['bad', 'new', 'never'] as const
export type FailOn = (typeof failOnWords)[number]

/** Why a matrix fails; empty when it passes. */
export function failuresOf({ findings, cells, expiredRules }: MatrixDocument, failOn: FailOn): readonly string[] {
  if (failOn === 'never') return []
  const counted = findings.filter(({ accepted }) => failOn === 'bad' || accepted === undefined)
  return [
    ...counted.map(({ sentence }) => sentence),
    ...expiredRules.map(expiredText),
    // A matrix of nothing proves nothing.
    ...(cells.length === 0 ? ['nothing was tried'] : []),
  ]
}
