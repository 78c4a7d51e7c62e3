/** A field of an answer that was read in a run of a test in which reading was watched. Plain JSON. */
export interface TracedRead {
  readonly boundary: string
  readonly operation: string
  readonly status: number
  /** `*` for every element of an array; empty for the body itself. */
  readonly pointer: string
  /** Nearest on the stack: the program, with the libraries it calls, or a file of tests. */
  readonly by: 'program' | 'test'
  /** All its names were listed, or how many elements it has: by a spread, a loop, a comparison. */
  readonly whole?: true
}
