import type { Ending, TestRef } from '../core/exchange.ts'
import type { JsonObject } from '../core/json.ts'

/** How an exchange was answered. */
export type AnsweredBy = 'cassette' | 'service'

/** By which door the program came in. */
export type Door = 'in-process' | 'listener' | 'proxy'

/**
 * One line of a journal shard. Times are milliseconds since the epoch. The lines of one exchange share `id`; an
 * exchange without `end` was still open, or its process was killed.
 */
export type JournalEvent =
  | { readonly t: 'run'; readonly at: number; readonly version: number; readonly pid: number; readonly command: string }
  | { readonly t: 'test'; readonly at: number; readonly test: TestRef; readonly state: 'start' }
  | {
      readonly t: 'test'
      readonly at: number
      readonly test: TestRef
      readonly state: 'passed' | 'failed' | 'skipped'
      readonly durationMs: number
      readonly error?: string
    }
  | {
      readonly t: 'ask'
      readonly at: number
      readonly id: string
      readonly boundary: string
      readonly protocol: string
      readonly operation: string
      readonly effect: boolean
      readonly door: Door
      readonly by: AnsweredBy
      readonly test: TestRef | null
      /** Path of the cassette, relative to the project, that answers, or into which this exchange is to be saved. */
      readonly cassette?: string
      /** The line of the program that asked, where that is known: `src/orders.ts:31`. */
      readonly site?: string
      /** One line for people: `GET https://api.github.com/repos/a/b`. */
      readonly summary: string
      /** The question in its protocol's notation, redacted, so that an exchange that never ends can be read. */
      readonly content?: JsonObject
    }
  /** What came since the last part of an answer that takes long: a stream that never ends is journalled all the same. */
  | { readonly t: 'part'; readonly at: number; readonly id: string; readonly content: JsonObject }
  | {
      readonly t: 'end'
      readonly at: number
      readonly id: string
      readonly durationMs: number
      readonly ending: Ending
      /** One line for people: `200 OK, 2.1 kB` or `reset`. */
      readonly summary: string
      /** False when the answer was a failure or, for HTTP, a status of 400 and more. */
      readonly ok: boolean
      /** Where the program ended it, as by an acknowledgement: its line, where that is known. */
      readonly site?: string
      /**
       * The exchange in its protocol's notation, redacted; after parts, only what came since. Absent when it stands in
       * `cassette` as `recorded`.
       */
      readonly content?: JsonObject
      /** Id in the cassette of the recording that answered. */
      readonly recorded?: string
    }
  | {
      readonly t: 'miss'
      readonly at: number
      readonly boundary: string
      readonly operation: string
      readonly test: TestRef | null
      readonly cause: string
      /** The whole explanation as printed, several lines. */
      readonly explanation: string
    }
  | {
      readonly t: 'unknown'
      readonly at: number
      /** `https://api.example.com` or `tcp://10.0.0.1:5432`. */
      readonly address: string
      readonly test: TestRef | null
      readonly policy: 'error' | 'passthrough'
    }
  | {
      readonly t: 'saved'
      readonly at: number
      readonly cassette: string
      readonly exchanges: number
      readonly redactions: number
    }
  | { readonly t: 'warning'; readonly at: number; readonly code: string; readonly message: string }
  | { readonly t: 'close'; readonly at: number }
