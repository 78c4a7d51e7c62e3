import type { BoundaryInput } from '../../../core/boundary.ts'
import { type HeaderList, header, type HttpQuestion } from '../message.ts'
import type { WebhookBoundaryInput, WebhookSignature } from './boundary.ts'
import { signatureSchemes } from './schemes.ts'

/** What somebody takes for the secret who does not know it. */
const guess = Buffer.from('a guess at the secret').toString('base64')

/** How a delivery is to be signed otherwise than it was. */
export interface SignAnewOptions {
  /** By how much longer ago, seconds. */
  readonly agedBy?: number
  /** By somebody who does not know the secret. */
  readonly forged?: true
}

/** How the deliveries of a boundary are signed, where its config says so. */
export function signatureOf(input: BoundaryInput | undefined): WebhookSignature | undefined {
  return (input as Partial<WebhookBoundaryInput> | undefined)?.signature
}

/** Why a delivery cannot be signed anew; `undefined`: it can. */
export function whyUnsignable(question: HttpQuestion, signature: WebhookSignature | undefined): string | undefined {
  if (!signature) return 'the config does not say how deliveries are signed (`signature`)'
  const { scheme, secretEnv } = signature
  const secret = process.env[secretEnv]
  if (!secret) return `${secretEnv}, which is to hold the secret, is not set`
  const proof = signatureSchemes[scheme].prove(question, secret, signedAt(question, signature))
  const isOwn = proof.length > 0 && proof.every(([name, value]) => holds(header(question.headers, name), value))
  return isOwn ? undefined : `what was sent is not signed as ${scheme} does with the secret in ${secretEnv}`
}

/** The same delivery, signed anew. It must be signable. */
export function signAnew(
  question: HttpQuestion,
  signature: WebhookSignature,
  { agedBy = 0, forged }: SignAnewOptions = {},
): HttpQuestion {
  const secret = forged ? guess : (process.env[signature.secretEnv] ?? '')
  const at = signedAt(question, signature) - agedBy
  const proof = new Map(signatureSchemes[signature.scheme].prove(question, secret, at))
  const headers = question.headers.map(([name, value]): HeaderList[number] => [
    name,
    proof.get(name.toLowerCase()) ?? value,
  ])
  return { ...question, headers }
}

function signedAt({ headers }: HttpQuestion, { scheme }: WebhookSignature): number {
  return signatureSchemes[scheme].signedAt?.(headers) ?? 0
}

/** A vendor that changes its secret sends a proof by each of the two. */
function holds(sent: string | undefined, proof: string): boolean {
  const parts = sent?.split(/[\s,]+/) ?? []
  return proof.split(',').every((part) => parts.includes(part))
}
