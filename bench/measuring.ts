/** One cell of a table: which client asks what, and for how long. */
export interface Cell {
  readonly name: string
  readonly client: 'fetch' | 'http'
  readonly method: 'GET' | 'POST'
  readonly warmUpMs: number
  readonly measureMs: number
  /** At least so many calls are timed, however long they take (default 20). */
  readonly minCalls?: number
}

/** What came out of one cell: microseconds per call, or why there is nothing. */
export type CellResult =
  | { readonly p50: number; readonly p99: number; readonly mean: number; readonly calls: number }
  | { readonly error: string }

/** What `programs/measure-calls.ts` is told. */
export interface Measuring {
  /** Name of a file in `subjects/`. */
  readonly subject: string
  /** Of the real service, whether it runs or not. */
  readonly origin: string
  /** How many exchanges there are. */
  readonly count: number
  readonly cells: readonly Cell[]
}
