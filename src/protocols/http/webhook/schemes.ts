import { createHmac, type BinaryToTextEncoding } from 'node:crypto'
import { header, type HeaderList, type HttpQuestion } from '../message.ts'
import type { SignatureSchemeName } from './boundary.ts'

/** How a vendor proves that a delivery is its own. */
export interface SignatureScheme {
  /** When a delivery says it was signed, seconds since the epoch; not there where the vendor signs no time. */
  readonly signedAt?: (headers: HeaderList) => number | undefined
  /** The headers that prove it. */
  readonly prove: (delivery: Pick<HttpQuestion, 'headers' | 'body'>, secret: string, at: number) => HeaderList
}

function hmac(key: string | Uint8Array, as: BinaryToTextEncoding, ...parts: readonly (string | Uint8Array)[]): string {
  const sum = createHmac('sha256', key)
  for (const part of parts) sum.update(part)
  return sum.digest(as)
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** Svix, which has made the standard, sends the same under its own name. */
const prefixes = ['webhook', 'svix']

/** The schemes that are known. */
export const signatureSchemes: Readonly<Record<SignatureSchemeName, SignatureScheme>> = {
  stripe: {
    signedAt: (headers) => seconds(/(?:^|,)\s*t=(\d+)/.exec(header(headers, 'stripe-signature') ?? '')?.[1]),
    // The whole text is the key, with `whsec_`.
    prove: ({ body }, secret, at) => [['stripe-signature', `t=${at},v1=${hmac(secret, 'hex', `${at}.`, body)}`]],
  },
  github: {
    prove: ({ body }, secret) => [['x-hub-signature-256', `sha256=${hmac(secret, 'hex', body)}`]],
  },
  shopify: {
    prove: ({ body }, secret) => [['x-shopify-hmac-sha256', hmac(secret, 'base64', body)]],
  },
  slack: {
    signedAt: (headers) => seconds(header(headers, 'x-slack-request-timestamp')),
    prove: ({ body }, secret, at) => [
      ['x-slack-request-timestamp', String(at)],
      ['x-slack-signature', `v0=${hmac(secret, 'hex', `v0:${at}:`, body)}`],
    ],
  },
  'standard-webhooks': {
    signedAt: (headers) => seconds(prefixes.map((prefix) => header(headers, `${prefix}-timestamp`)).find(Boolean)),
    prove({ headers, body }, secret, at) {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      return prefixes.flatMap((prefix): HeaderList => {
        const id = header(headers, `${prefix}-id`)
        if (id === undefined) return []
        return [
          [`${prefix}-timestamp`, String(at)],
          [`${prefix}-signature`, `v1,${hmac(key, 'base64', `${id}.${at}.`, body)}`],
        ]
      })
    },
  },
}
