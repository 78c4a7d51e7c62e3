import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { replyText } from '../reply-codes.ts'

/** Why a channel is closed. */
export interface ChannelClosedOptions {
  /** 403, 404, 405, 406, 312, … (default 406). */
  readonly code?: number
  /** Default: what the specification calls the code. */
  readonly text?: string
}

/** A broker that refuses what was asked, and closes the channel; what was not acknowledged on it is delivered again. */
export function channelClosed({ code = 406, text = replyText(code) }: ChannelClosedOptions = {}): ProtocolFault {
  return {
    name: `channel closed ${code}`,
    match: {},
    disturbance: { do: 'refuse', error: { code: String(code), message: text } },
  }
}
