import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { replyText } from '../reply-codes.ts'

/** Why a connection is closed. */
export interface ConnectionClosedOptions {
  /** 320, 530, 541, … (default 320). */
  readonly code?: number
  /** Default: what the specification calls the code. */
  readonly text?: string
}

/** A broker that closes the connection, as one that is shut down. */
export function connectionClosed({ code = 320, text = replyText(code) }: ConnectionClosedOptions = {}): ProtocolFault {
  return {
    name: `connection closed ${code}`,
    match: {},
    disturbance: { do: 'refuse', error: { code: String(code), message: text, fatal: true } },
  }
}
