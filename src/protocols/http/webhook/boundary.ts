import type { BoundaryInput, Risk } from '../../../core/boundary.ts'

/** Vendors, or standards, by whose scheme deliveries are signed. */
export const signatureSchemeNames = ['stripe', 'github', 'shopify', 'slack', 'standard-webhooks'] as const
export type SignatureSchemeName = (typeof signatureSchemeNames)[number]

/** Those that sign the time as well, so that receivers can refuse what is old. */
export const timedSchemes: ReadonlySet<SignatureSchemeName> = new Set(['stripe', 'slack', 'standard-webhooks'])

/** How deliveries prove who has sent them. */
export interface WebhookSignature {
  readonly scheme: SignatureSchemeName
  /** The environment variable that holds the secret in tests. */
  readonly secretEnv: string
}

/** Where a service calls the program: the program is asked, and its sender is played by the tests. */
export interface WebhookBoundaryOptions {
  /** Path at which the program is called: `/webhooks/stripe`. `:name` stands for one segment, a last `*` for any more. */
  readonly path: string
  /** Who sends: `external`, or a team's name. */
  readonly owner?: string
  /** Default `medium`. */
  readonly risk?: Risk
  /**
   * Where the program listens, for senders in other processes: they find a listener under `env`, which passes on what
   * comes in. Left out, requests that tests send to this machine are known by their path.
   */
  readonly origin?: string
  /** The environment variable in which senders look for the address. */
  readonly env?: string
  /** Port of the listener; default: a free one. */
  readonly port?: number
  /** How deliveries are signed, so that they can be signed anew: long ago, or by somebody else. */
  readonly signature?: WebhookSignature
  /** How long the program may take until its next byte, milliseconds (default 30 000). */
  readonly timeoutMs?: number
}

/** The options of a webhook as the config holds them. */
export interface WebhookBoundaryInput extends WebhookBoundaryOptions, BoundaryInput {
  readonly protocol: 'webhook'
  readonly path: string
}

/** Declares a webhook that comes in, in `defineConfig`. It is always delivered for real: nothing is recorded. */
export function webhook(options: WebhookBoundaryOptions): WebhookBoundaryInput {
  return { ...options, protocol: 'webhook' }
}
