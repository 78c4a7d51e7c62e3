import type { Peer } from '../core/peer.ts'
import type { Protocol, Question } from '../core/protocol.ts'
import type { WireProtocol } from '../core/wire.ts'
import type { LoadedBoundary } from './loaded-config.ts'

/** Any protocol's question; what is inside only the protocol knows. */
export type AnyQuestion = Question<unknown>

/** A boundary with its protocol loaded. */
export interface AttachedBoundary extends LoadedBoundary {
  readonly protocol: Omit<Protocol<AnyQuestion, unknown>, 'dial' | 'alpn'>
  /** What its contract names, where it has one. */
  readonly operations: readonly string[] | undefined
  /** The real service at one of the origins. Connections are kept and shared. */
  live(origin: string): Peer<AnyQuestion, unknown>
  /** Set where the service is a server that we own: its connections are carried, not asked. */
  readonly wire?: WireProtocol<AnyQuestion, unknown>
}
