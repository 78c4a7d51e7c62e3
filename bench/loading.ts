/** What `programs/load.ts` is told. */
export interface Load {
  readonly host: string
  readonly port: number
  readonly tls?: boolean
  readonly proxy?: { readonly host: string; readonly port: number; readonly authorization?: string }
  /** How many exchanges the service has; only its GETs are asked for. */
  readonly count: number
  readonly connections: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** What came of it. Times are milliseconds. */
export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Answers that were not the expected ones; there must be none. */
  readonly wrong: number
  /** The first of them. */
  readonly seen?: string
  /** Share of one core that the client itself used; near 1, the client was what limited the rate. */
  readonly clientCpu: number
}
