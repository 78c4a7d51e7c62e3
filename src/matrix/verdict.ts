/** What one cell showed, in one word. */
export type Verdict =
  | 'handled'
  | 'degraded'
  | 'noticed'
  | 'duplicate'
  | 'false-success'
  | 'inconsistent'
  | 'hang'
  | 'retry-storm'
  | 'poisoned'
  | 'crash'
  | 'unrelated-error'
  | 'leak'
  | 'unnoticed'
  | 'suspected'
  | 'flaky'
  | 'unreachable'
  | 'not-applicable'
  | 'allowed'

/** The verdicts that are bugs, the most harmful first: money and data, then availability, then noise. */
export const badVerdicts: readonly Verdict[] = [
  'duplicate',
  'false-success',
  'inconsistent',
  'crash',
  'hang',
  'retry-storm',
  'poisoned',
  'unnoticed',
  'unrelated-error',
  'leak',
]

/** Whether a verdict is a bug. */
export function isBad(verdict: Verdict): boolean {
  return badVerdicts.includes(verdict)
}

/** Place of a verdict among all, the most harmful first. */
export function harmOf(verdict: Verdict): number {
  const at = badVerdicts.indexOf(verdict)
  return at < 0 ? badVerdicts.length : at
}
