import type { Exchange, TestRef } from '../core/exchange.ts'
import type { Operation } from '../core/protocol.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'

/** One kind of thing that could not be carried from one format to another. */
export interface Loss {
  /** What it is, in the plural: `request cookies`, `timings`, `function bodies`. */
  readonly what: string
  /** How often it occurred. */
  readonly count: number
  /** Why it could not be carried, or what was taken in its place. */
  readonly why: string
}

/** Exchanges that belong together: one test, or one file when the file names no test. */
export interface ImportedGroup {
  readonly test: TestRef | null
  readonly exchanges: readonly Exchange<HttpQuestion, HttpReply>[]
}

/** What a file held. */
export interface Imported {
  readonly groups: readonly ImportedGroup[]
  readonly losses: readonly Loss[]
}

/** A file written in another tool's format. */
export interface Exported {
  readonly text: string
  readonly losses: readonly Loss[]
}

/** What a reader has to know besides the text. */
export interface ImportSource {
  /** Relative to the project; part of every id, so that the same file always gives the same ids. */
  readonly path: string
  /** When the file was last changed, milliseconds since the epoch; taken for what has no time of its own. */
  readonly modifiedAt: number
  /** Name of the boundary that a URL belongs to. */
  readonly boundary: (url: string) => string
  /** Class and effect of a question; default: `METHOD /path`, an effect unless the method is a safe one. */
  readonly describe?: (question: HttpQuestion) => Operation
}

/** One recording format of the field. */
export interface Format {
  readonly name: 'har' | 'nock' | 'vcr' | 'vcrpy' | 'polly'
  /** Whether the text looks like this format, also when it is damaged. */
  detect(text: string, path: string): boolean
  /**
   * Reads exchanges. The same text, path and times always give the same exchanges.
   *
   * @throws MortarError `MORTAR_IMPORT_UNREADABLE` when the file is damaged or of another shape.
   * @throws MortarError `MORTAR_IMPORT_UNSUPPORTED` when it is whole but needs converting first.
   */
  read(text: string, source: ImportSource): Imported | Promise<Imported>
  write?(exchanges: readonly Exchange<HttpQuestion, HttpReply>[]): Exported
}
