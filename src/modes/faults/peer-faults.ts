import type { BoundaryInput } from '../../core/boundary.ts'
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
  /** Why it cannot be done to a question; `undefined`: it can. What it cannot be done to is not struck. */
  readonly hindrance?: (question: Q, input: BoundaryInput | undefined) => string | undefined
  /**
   * Stands before the service.
   *
   * @param disarmed - Aborted when what it holds back is to be let go.
   * @param input - The boundary as the config has it; left out where that is not known.
   */
  readonly before: (peer: Peer<Q, R>, disarmed: AbortSignal, input?: BoundaryInput) => Peer<Q, R>
}

/** The faults of answers at one boundary. */
export interface PeerFaultSet<Q, R> {
  arm(fault: PeerFault<Q, R>): Armed
  /** Who answers this question: `peer`, or `peer` behind a fault. Counts it, so each question must be shown once. */
  strike(
    target: Target,
    question: Q,
    peer: Peer<Q, R>,
  ): { readonly peer: Peer<Q, R>; readonly struck: PeerFault<Q, R> | undefined }
  disarmAll(): void
}

interface Waiting<Q, R> {
  readonly fault: PeerFault<Q, R>
  readonly armed: { readonly name: string; struck: number; hindered?: string; disarm(): void }
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
export function createPeerFaults<Q, R>(input?: BoundaryInput): PeerFaultSet<Q, R> {
  const waiting = new Set<Waiting<Q, R>>()
  return {
    arm(fault) {
      const disarm = (): void => {
        waiting.delete(own)
        own.disarmed.abort()
      }
      const armed: Waiting<Q, R>['armed'] = { name: fault.name, struck: 0, disarm }
      const own: Waiting<Q, R> = { fault, armed, disarmed: new AbortController(), seen: 0 }
      waiting.add(own)
      return armed
    },
    strike(target, question, peer) {
      let struck: Waiting<Q, R> | undefined
      for (const one of waiting) {
        const { nth = 1, times = 1, ...match } = one.fault.match
        if (!matchesTarget(match, target)) continue
        one.seen++
        if (struck || one.seen < nth || one.seen >= nth + times) continue
        const hindrance = one.fault.hindrance?.(question, input)
        if (hindrance === undefined) struck = one
        else one.armed.hindered = hindrance
      }
      if (!struck) return { peer, struck: undefined }
      struck.armed.struck++
      const behind = struck.fault.before(peer, struck.disarmed.signal, input)
      return { peer: struck.armed.struck > mostAtOnce ? unhurried(behind) : behind, struck: struck.fault }
    },
    disarmAll() {
      for (const { disarmed } of waiting) disarmed.abort()
      waiting.clear()
    },
  }
}
