import type { AmqpUnit } from './assembler.ts'
import type { ChannelHold } from './channel-hold.ts'

/** A publish on its way to the broker. */
export interface Outgoing {
  readonly channel: ChannelHold
  /** The client's number for it; `undefined`: it is not to hear of it. */
  readonly number: number | undefined
}

/** A delivery on its way to the client. */
export interface Incoming {
  readonly channel: ChannelHold
  readonly unit: AmqpUnit
  /** The broker's tag; `undefined` for a copy of ours. */
  readonly tag: number | undefined
  readonly settleable: boolean
  readonly requeue: boolean
}
