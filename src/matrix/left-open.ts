/** Something that the program has taken in a run and not given back, besides what a clean run leaves. */
export interface LeftOpen {
  readonly kind: 'pool client' | 'timer' | 'connection' | 'answer'
  /** The line of the program that has taken it: `src/pay.ts:12`. */
  readonly site: string
}
