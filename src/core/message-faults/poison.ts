import type { ProtocolFault } from '../protocol-fault.ts'

/** What a message says instead. */
export interface PoisonOptions {
  /** Default: bytes that are neither text nor JSON. */
  readonly body?: Uint8Array | string
}

const unreadable = Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0xc3, 0x28])

/** A message that nobody can read, as one of a sender with another schema or a bug. */
export function poison({ body = unreadable }: PoisonOptions = {}): ProtocolFault {
  return { name: 'poison message', match: {}, disturbance: { do: 'poison', body: Buffer.from(body) } }
}
