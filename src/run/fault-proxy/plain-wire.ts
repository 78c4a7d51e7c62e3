import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import type { Follower } from '../../core/follower.ts'
import type { WireLink } from '../../core/wire.ts'

/** Sees nothing, so everything is only bytes. */
const blind: Follower = { lost: true, atBoundary: () => true, take: (_from, chunk) => chunk.length, end: () => {} }

/** Carries a connection of whatever protocol. */
export function relayBytes(client: Duplex, link: WireLink<never, never>): Promise<void> {
  return carry(client, link, blind, () => ({}))
}
