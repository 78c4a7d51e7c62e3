/** A message that ended in a chunk. */
export interface Scanned<F> {
  readonly frame: F
  /** Where in the chunk the next one begins. */
  readonly end: number
}

/** Finds the messages in one direction of a stream that comes in any chunks. */
export interface Scanner<F> {
  /** True between two messages. */
  readonly atBoundary: boolean
  /**
   * Takes the bytes of `chunk` from `at` up to the end of the first message that ends there; all of them when none does.
   *
   * @throws RangeError for bytes that no message can have; what follows cannot be understood any more.
   */
  next(chunk: Buffer, at: number): Scanned<F> | undefined
}
