import type { BoundaryInput, RecordMode } from '../core/boundary.ts'
import type { MatrixConfig } from './config-types.ts'
import type { RedactionOptions } from '../core/redaction.ts'
import type { FindingRules } from '../timeline/finding-rules.ts'

/** A boundary as the config declares it, checked. */
export interface LoadedBoundary {
  readonly name: string
  readonly input: BoundaryInput
  /** `origin` and `aliases`, normalised: scheme and host in lower case, no default port, no trailing slash. */
  readonly origins: readonly string[]
  /** `refreshEvery` in milliseconds. */
  readonly refreshEveryMs: number | undefined
}

/** A config with every default filled in and every path absolute. */
export interface LoadedConfig {
  /** Folder of the config file, or the working directory when there is none. */
  readonly directory: string
  /** The config file; `undefined` when none was found. */
  readonly file: string | undefined
  readonly test: string | undefined
  /** Absolute path. */
  readonly cassettes: string
  /** The mode of boundaries and tests that name none. */
  readonly record: RecordMode
  /** Set when `MORTAR_RECORD` decides, which overrides the boundaries' own modes too. */
  readonly recordFromEnvironment: boolean
  readonly unknown: 'error' | 'passthrough'
  /** Hosts in lower case. */
  readonly allow: readonly string[]
  readonly redact: RedactionOptions | false
  readonly findings: FindingRules
  readonly boundaries: readonly LoadedBoundary[]
  readonly matrix: MatrixConfig
}
