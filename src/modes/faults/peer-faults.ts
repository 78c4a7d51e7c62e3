import type { Target } from '../../core/fault.ts'
import type { Peer } from '../../core/peer.ts'
import { realSetImmediate } from '../../core/real-clock.ts'
import { type Armed, type FaultMatch, matchesTarget } from './fault-set.ts'

/** A disturbance of answers, for a service that is asked and not carried. */
export interface PeerFault<Q = never, R = unknown> {
  /** `reply lost`; shown in reports. */
  readonly name: string
  readonly match: FaultMatch
  /** Whether the service does what it is asked all the same. */
  readonly reaches: boolean
  /**
   * Stands before the service.
   *
   * @param disarmed - Aborted when what it holds back is to be let go.
   */
  readonly before: (peer: Peer<Q, R>, disarmed: AbortSignal) => Peer<Q, R>
}

/** The faults of answers at one boundary. */
export interface PeerFaultSet<Q, R> {
  arm(fault: PeerFault<Q, R>): Armed
  /** Who answers this question: `peer`, or `peer` behind a fault. Counts it, so each question must be shown once. */
  strike(target: Target, peer: Peer<Q, R>): { readonly peer: Peer<Q, R>; readonly struck: PeerFault<Q, R> | undefined }
  disarmAll(): void
}

interface Waiting<Q, R> {
  readonly fault: PeerFault<Q, R>
  readonly armed: { readonly name: string; struck: number; disarm(): void }
  readonly disarmed: AbortController
  seen: number
}

/** So many answers may follow one another without anything else getting its turn. */
const mostAtOnce = 20

/** Who asks without end must not keep timers from firing. */
function unhurried<Q, R>(peer: Peer<Q, R>): Peer<Q, R> {
  return async function* (question, signal) {
    await new Promise<void>((resolve) => void realSetImmediate(resolve))
    yield* peer(question, signal)
  }
}

/** Makes a set in which nothing is armed. */
export function createPeerFaults<Q, R>(): PeerFaultSet<Q, R> {
  const waiting = new Set<Waiting<Q, R>>()
  return {
    arm(fault) {
      const disarm = (): void => {
        waiting.delete(own)
        own.disarmed.abort()
      }
      const armed = { name: fault.name, struck: 0, disarm }
      const own: Waiting<Q, R> = { fault, armed, disarmed: new AbortController(), seen: 0 }
      waiting.add(own)
      return armed
    },
    strike(target, peer) {
      let struck: Waiting<Q, R> | undefined
      for (const one of waiting) {
        const { nth = 1, times = 1, ...match } = one.fault.match
        if (!matchesTarget(match, target)) continue
        one.seen++
        if (!struck && one.seen >= nth && one.seen < nth + times) struck = one
      }
      if (!struck) return { peer, struck: undefined }
      struck.armed.struck++
      const behind = struck.fault.before(peer, struck.disarmed.signal)
      return { peer: struck.armed.struck > mostAtOnce ? unhurried(behind) : behind, struck: struck.fault }
    },
    disarmAll() {
      for (const { disarmed } of waiting) disarmed.abort()
      waiting.clear()
    },
  }
}
