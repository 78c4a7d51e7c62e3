import { blocked } from './faults/blocked.ts'
import { channelClosed } from './faults/channel-closed.ts'
import { confirmLost } from './faults/confirm-lost.ts'
import { confirmSlow } from './faults/confirm-slow.ts'
import { connectionClosed } from './faults/connection-closed.ts'
import { nacked } from './faults/nacked.ts'
import { returned } from './faults/returned.ts'
import { shutdown } from './faults/shutdown.ts'

/** What a RabbitMQ can do to its clients, by name. What it can do to messages as any broker stands beside. */
export const amqpFaults: {
  readonly blocked: typeof blocked
  readonly channelClosed: typeof channelClosed
  readonly confirmLost: typeof confirmLost
  readonly confirmSlow: typeof confirmSlow
  readonly connectionClosed: typeof connectionClosed
  readonly nacked: typeof nacked
  readonly returned: typeof returned
  readonly shutdown: typeof shutdown
} = {
  blocked,
  channelClosed,
  confirmLost,
  confirmSlow,
  connectionClosed,
  nacked,
  returned,
  shutdown,
}
