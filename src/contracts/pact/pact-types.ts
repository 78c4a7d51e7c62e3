import type { JsonObject } from '../../core/json.ts'

/** A file of the Pact specification, version 4. */
export interface PactFile {
  readonly consumer: { readonly name: string }
  readonly provider: { readonly name: string }
  readonly interactions: readonly PactInteraction[]
  readonly metadata: JsonObject
}

/** One question over HTTP, and what its answer has to be. */
export interface PactInteraction {
  readonly type: 'Synchronous/HTTP'
  /** The same for the same interaction in every file. */
  readonly key: string
  readonly description: string
  /** Which of its answers the provider is to give, where one question has several. */
  readonly providerStates: readonly { readonly name: string }[]
  /** It does not count when it fails: what has to be asked is not known. */
  readonly pending: boolean
  readonly comments: { readonly text: readonly string[]; readonly mortar: JsonObject }
  readonly request: PactRequest
  readonly response: PactResponse
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
