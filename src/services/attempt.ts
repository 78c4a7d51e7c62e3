/** Ways to get a dependency, in the order in which they are tried. */
export const rungs = ['address', 'binary', 'container', 'embedded'] as const
export type Rung = (typeof rungs)[number]

/** What became of one way to get a dependency. */
export interface Attempt {
  readonly rung: Rung
  readonly used: boolean
  /** One line, for people. */
  readonly said: string
  /** Somebody has asked for just this, and it is not there. */
  readonly missed?: true
}

/** A dependency that answers. Plain data: it is handed from process to process. */
export interface ReadyService {
  /** Name of its boundary. */
  readonly name: string
  readonly protocol: string
  /** For people: `PostgreSQL`. */
  readonly title: string
  readonly provider: Rung
  /** Empty when it does not say. */
  readonly version: string
  readonly variable: string
  /** What the variable is to hold. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** What was tried, the last one being what is used. */
  readonly tried: readonly Attempt[]
  /** What a person should know, such as another version than the Compose file's. */
  readonly notes: readonly string[]
}
