/** What the reply subject of a JetStream delivery says. */
export interface Delivery {
  readonly stream: string
  readonly consumer: string
  /** 1 for the first attempt. */
  readonly delivered: number
  /** Position in the stream. */
  readonly sequence: number
}

/** Reads `$JS.ACK.…` in its old form of 9 parts and its new ones of 11 and more. */
export function deliveryOf(subject: string | undefined): Delivery | undefined {
  if (!subject?.startsWith('$JS.ACK.')) return undefined
  const parts = subject.split('.')
  const at = offsetIn(parts)
  if (at === undefined) return undefined
  const [stream = '', consumer = '', delivered, sequence] = parts.slice(at)
  return { stream, consumer, delivered: Number(delivered), sequence: Number(sequence) }
}

/** The reply subject of the same message when it is delivered once more. */
export function redelivered(subject: string): string {
  const parts = subject.split('.')
  const at = offsetIn(parts)
  if (!subject.startsWith('$JS.ACK.') || at === undefined) return subject
  return parts.with(at + 2, String(Number(parts[at + 2]) + 1)).join('.')
}

/** Whether an acknowledgement says that the message was dealt with. */
export function settles(body: Uint8Array): boolean {
  return /^(?:\+ACK|)(?: |$)/.test(Buffer.from(body).toString('latin1'))
}

/** An acknowledgement that has the message come again, so many milliseconds later. */
export function notYet(ms: number): Buffer {
  return Buffer.from(ms === 0 ? '-NAK' : `-NAK {"delay":${ms * 1_000_000}}`)
}

/** A request for the next messages of a consumer, which go to a subscription. */
export function isPull(subject: string): boolean {
  return subject.startsWith('$JS.API.CONSUMER.MSG.NEXT.')
}

/** Whether a request to JetStream only reads. */
export function isReading(subject: string): boolean {
  return /^\$JS\.API\.(?:INFO|\w+\.(?:INFO|LIST|NAMES)|STREAM\.MSG\.GET|CONSUMER\.MSG\.NEXT|DIRECT\.GET)\b/.test(
    subject,
  )
}

function offsetIn(parts: readonly string[]): number | undefined {
  if (parts.length === 9) return 2
  return parts.length >= 11 ? 4 : undefined
}
