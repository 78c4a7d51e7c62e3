import type { JsonObject } from '../../core/json.ts'

/** A file of the Pact specification, version 4. */
export interface PactFile {
  readonly consumer: { readonly name: string }
  readonly provider: { readonly name: string }
  readonly interactions: readonly PactInteraction[]
  readonly metadata: JsonObject
}

/** What is needed of one answer, or of one kind of message. */
export type PactInteraction = PactAnswer | PactMessage

/** What all interactions have. */
interface Interaction {
  /** The same for the same interaction in every file. */
  readonly key: string
  readonly description: string
  /** Which of its answers the provider is to give, where one question has several. */
  readonly providerStates: readonly { readonly name: string }[]
  /** It does not count when it fails: what has to be asked is not known. */
  readonly pending: boolean
  readonly comments: { readonly text: readonly string[]; readonly mortar: JsonObject }
}

/** One question over HTTP, and what its answer has to be. */
export interface PactAnswer extends Interaction {
  readonly type: 'Synchronous/HTTP'
  readonly request: PactRequest
  readonly response: PactResponse
}

/** A message that the provider publishes. */
export interface PactMessage extends Interaction {
  readonly type: 'Asynchronous/Messages'
  readonly contents: PactBody
  readonly metadata: JsonObject
  readonly matchingRules: { readonly body: PactRules }
}

/** What is asked. */
export interface PactRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, readonly string[]>>
  readonly headers?: Readonly<Record<string, readonly string[]>>
  readonly body?: PactBody
  readonly matchingRules?: Readonly<Record<string, unknown>>
}

/** What is answered. */
export interface PactResponse {
  readonly status: number
  readonly body?: PactBody
  readonly matchingRules?: Readonly<Record<string, unknown>>
}

/** A body, as JSON or as text. */
export interface PactBody {
  readonly contentType: string
  readonly encoded: false
  readonly content: unknown
}

/** By what a value is compared, in place of equality. */
export interface PactRule {
  readonly combine: 'AND' | 'OR'
  readonly matchers: readonly JsonObject[]
}

/** By path: `$.items[*].id`. */
export type PactRules = Readonly<Record<string, PactRule>>
