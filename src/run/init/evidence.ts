/** Where something was seen that speaks for a boundary. */
export interface Evidence {
  /** Path relative to the project, with forward slashes, and line: `src/pay.ts:12`. */
  readonly where: string
  /** What was seen there, for people; never holds a secret: `depends on stripe`. */
  readonly why: string
}

/** One sign of a boundary, before signs of the same one are put together. */
export interface Sign extends Evidence {
  readonly kind: 'dependency' | 'environment' | 'compose' | 'openapi' | 'source'
  /** Scheme, host and port; absent when only the name of a service is known. */
  readonly origin?: string
  /** Name of a service of `known-services.ts`. */
  readonly service?: string
  /** The variable in which the program looks for this address. */
  readonly env?: string
  /** A name for the boundary, when the file has one. */
  readonly name?: string
  /** Path of an OpenAPI file that describes it. */
  readonly contract?: string
  /** How much it says, 0 to 1; signs of one boundary add up, and less than 1 in all is not proposed. */
  readonly weight: number
}

/** A database, cache or broker, or a dependency whose address is not known. */
export interface Unattached extends Evidence {
  /** `postgres`, `redis`, `http`. */
  readonly protocol: string
  /** `host:port` or a variable; empty when nothing is known. */
  readonly address: string
}

/** A file that could not be used. */
export interface Skipped {
  readonly path: string
  readonly why: string
}

/** What one reader found in one file. */
export interface Reading {
  readonly signs: readonly Sign[]
  readonly unattached?: readonly Unattached[]
  readonly skipped?: readonly Skipped[]
}

/** A file of the project, found by walking through it. */
export interface ProjectFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string
  readonly bytes: number
  /** True for tests, fixtures, examples and documentation: what stands there says less. */
  readonly aside: boolean
}
