/** VCR's names, and `live`: pass everything through and only keep the journal. */
export const recordModes = ['none', 'once', 'new', 'all', 'live'] as const

/**
 * - `none`: replay only; a miss is an error. The default under CI.
 * - `once`: record when the test has no cassette yet, else as `none`. The default elsewhere.
 * - `new`: replay what is recorded, record what is not.
 * - `all`: ask the real service for everything, and replace the recording.
 * - `live`: pass through; nothing is replayed or saved.
 */
export type RecordMode = (typeof recordModes)[number]

/** How much harm a failure at a boundary does. */
export const risks = ['low', 'medium', 'high', 'critical'] as const
export type Risk = (typeof risks)[number]

/** What a boundary of any protocol can say of itself. Unknown keys are errors. */
export interface BoundaryOptions {
  /** Who answers for the other side: `external`, or a team's name. */
  readonly owner?: string
  /** Default `medium`. */
  readonly risk?: Risk
  /** The environment variable in which the program under test looks for the address. */
  readonly env?: string
  /** Port of this boundary's listener; default: a free one. */
  readonly port?: number
  /** Overrides the mode of the config for this boundary. */
  readonly record?: RecordMode
  /** Age after which a recording counts as stale: `12h`, `7d`, `4w`. Default: never. */
  readonly refreshEvery?: string
  /** What a stale recording does to `mortar check`. Default `warn`. */
  readonly stale?: 'warn' | 'fail'
  /** How fast a recording is replayed: at once (default), as it was, or that many times as fast. */
  readonly pace?: 'instant' | 'real' | number
  /** What a question gets when all its recorded answers are used: a miss (default), or the last one again. */
  readonly repeat?: 'none' | 'last'
  /** How long the real service may take until its next byte, milliseconds (default 30 000). */
  readonly timeoutMs?: number
}

/** What a constructor such as `http()` returns: plain data, checked when the config is loaded. */
export interface BoundaryInput extends BoundaryOptions {
  /** Name of a protocol of the registry. */
  readonly protocol: string
  /**
   * Scheme, host and port: `https://api.stripe.com`, `tcp://mail.example.com:25`. `*.` stands for every subdomain.
   * Only dependencies that can be started may leave it out.
   */
  readonly origin?: string
  /** More origins of the same service. */
  readonly aliases?: readonly string[]
}

/** A dependency that the team owns: tests use a real one, which is started where none is given. */
export interface ServiceBoundaryOptions extends BoundaryOptions {
  /** Scheme, host and port under which the program names it; only needed in-process, where there is no `env`. */
  readonly origin?: string
  /** More origins of the same service. */
  readonly aliases?: readonly string[]
  /** The version that it must have: `15`, `15.4`, `>=15`. Default: that of the Compose file where there is, else any. */
  readonly version?: string
  /** Image for a container (default: that of the Compose file, else the server's own). */
  readonly image?: string
  /** Name of its service in the project's Compose file (default: found by name and image); `false`: look at none. */
  readonly compose?: string | false
  /** Settings of the server under its own names, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}
