import type { BodyFiles } from '../core/protocol.ts'
import type { Redactor } from '../core/redaction.ts'
import type { Recording } from '../modes/tape.ts'
import type { Cassettes } from '../store/cassettes.ts'
import type { Journal } from '../store/journal.ts'
import type { AddressBook } from './address-book.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** What everything in one process of a run shares. */
export interface RunContext {
  readonly config: LoadedConfig
  /** What is being run, as a line for the shell; by default the config's `test`. */
  readonly command: string | undefined
  /** Folder of the run, in which every process has its shard of the journal. */
  readonly directory: string
  readonly journal: Journal
  /** Where bodies of the journal are kept. */
  readonly files: BodyFiles
  readonly cassettes: Cassettes
  readonly boundaries: readonly AttachedBoundary[]
  readonly addresses: AddressBook<AttachedBoundary>
  /** For what is written down; its list of replacements goes into the cassette. */
  readonly recordingRedactor: Redactor
  /** For questions that are compared with redacted ones. */
  readonly matchingRedactor: Redactor
  /** Ids of exchanges, unique over the processes of a run. */
  nextId(): string
  /** The recordings in cassettes that exist, by path, in the order given. */
  recordings(files: readonly string[]): Recording<AnyQuestion, unknown>[]
  /** Aborted when the run is closed. */
  readonly over: AbortSignal
  /** Closes the journal, and breaks off what still comes from real services. */
  close(): void
}
