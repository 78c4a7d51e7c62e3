import type { DiagnosisKind } from './kinds.ts'

/** Which boundary broke in a failed test, and how. */
export interface Diagnosis {
  /** Null when it is not known. */
  readonly boundary: string | null
  readonly kind: DiagnosisKind
  /** One sentence: what speaks for it. */
  readonly because: string
  /** Ids of the exchanges that show it, in order. */
  readonly exchanges: readonly string[]
}
