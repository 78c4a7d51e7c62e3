import type { Sender } from '../../core/exchange.ts'
import type { Disturbance, Faults, Target } from '../../core/fault.ts'
import type { Lane, WireFault } from '../../core/lane.ts'

/** Which questions a fault strikes. What is left out matches everything. */
export interface FaultMatch {
  /** `INSERT orders`, `COMMIT`; exact, or an expression. */
  readonly operation?: string | RegExp
  /** The question without its values; exact, or an expression. */
  readonly fingerprint?: string | RegExp
  /** Only questions that change something, or only those that do not. */
  readonly effect?: boolean
  /** The first one that is struck, counted from 1 among those that match (default 1). */
  readonly nth?: number
  /** How many are struck from there on (default 1). */
  readonly times?: number
  /** Only what is about an entry of the first one that is struck, and until something is written there. */
  readonly untilWritten?: true
}

/** A disturbance of questions by what they mean. */
export interface QuestionFault {
  /** `sqlstate 40001`; shown in reports. */
  readonly name: string
  readonly match: FaultMatch
  readonly disturbance: Disturbance
  /** Armed when this one has struck, and not before; disarmed with it. */
  readonly next?: QuestionFault | readonly QuestionFault[]
}

/** A disturbance of bytes, in one direction or both. */
export interface ArmedWireFault {
  readonly wire: WireFault
  /** Whose bytes are disturbed; default both. */
  readonly from?: Sender
}

/** A fault that is armed. */
export interface Armed {
  readonly name: string
  /** How many questions it has struck; 0 means that it was never reached. A wire fault counts the lanes it disturbed. */
  readonly struck: number
  /** Why a question that it was to strike could not be struck. */
  readonly hindered?: string | undefined
  disarm(): void
}

/** Faults of one boundary. */
export interface FaultSet extends Faults {
  /** In force from the next byte on, for connections that are there and those to come. */
  arm(fault: QuestionFault | ArmedWireFault): Armed
  disarmAll(): void
}

interface Waiting {
  /** Questions that it delays wait no longer. */
  readonly released: AbortController
  readonly fault: QuestionFault
  readonly armed: { name: string; struck: number; disarm(): void }
  seen: number
  /** Entries of the first question that was struck. */
  keys?: readonly string[]
  /** What it has led to. */
  next: readonly Armed[]
}

function completed({ fault: { disturbance }, released, armed }: Waiting, { operation }: Target): Disturbance {
  if (isHolding(disturbance)) return { ...disturbance, released: released.signal } as Disturbance
  // What had nothing to alter has not gone wrong.
  if (disturbance.do === 'rewrite') {
    const to = (body: Uint8Array): Uint8Array | undefined => disturbance.to(body, operation)
    return { ...disturbance, to, missed: () => void armed.struck-- }
  }
  if (disturbance.do === 'alter') return { ...disturbance, missed: () => void armed.struck-- }
  return disturbance
}

function isAbout({ keys = [] }: Waiting, target: Target): boolean {
  return target.keys?.some((key) => keys.includes(key)) ?? false
}

/** Whether something waits until it is disarmed. */
function isHolding(disturbance: Disturbance): boolean {
  return 'ms' in disturbance || (disturbance.do === 'lose' && disturbance.late === true)
}

/** Makes a set in which nothing is armed. */
export function createFaultSet(): FaultSet {
  const questions = new Set<Waiting>()
  /** Those that may still hold a question, struck out or not. */
  const delaying = new Set<Waiting>()
  const wires = new Map<ArmedWireFault, { readonly disturbed: Set<Lane>; readonly disarmed: AbortController }>()
  const lanes = new Set<LiveLane>()
  const changed = (): void => {
    for (const lane of lanes) lane.rebuild()
  }
  const set: FaultSet = {
    get watching() {
      return questions.size > 0
    },
    concerns: (target) => questions.values().some(({ fault }) => matchesTarget(fault.match, target)),
    strike(target) {
      let struck: Disturbance | undefined
      for (const waiting of questions) {
        const { match } = waiting.fault
        if (match.untilWritten && target.effect && isAbout(waiting, target)) questions.delete(waiting)
        if (!matchesTarget(match, target)) continue
        waiting.seen++
        const { nth = 1, times = 1 } = match
        if (struck || waiting.seen < nth || waiting.seen >= nth + times) continue
        if (match.untilWritten) waiting.keys ??= target.keys ?? []
        if (match.untilWritten && !isAbout(waiting, target)) continue
        waiting.armed.struck++
        struck = completed(waiting, target)
        waiting.next = [...waiting.next, ...[waiting.fault.next ?? []].flat().map((fault) => set.arm(fault))]
        // Nothing is left to wait for, so connections may stop holding messages back.
        if (waiting.seen === nth + times - 1) questions.delete(waiting)
      }
      return struck
    },
    disturb(from, next) {
      const build = (): Lane => {
        let lane = next
        for (const [armed, state] of wires) {
          if (armed.from !== undefined && armed.from !== from) continue
          lane = armed.wire.attach(lane, state.disarmed.signal)
          state.disturbed.add(next)
        }
        return lane
      }
      const lane = new LiveLane(next, build)
      lanes.add(lane)
      next.gone.addEventListener('abort', () => lanes.delete(lane), { once: true })
      return lane
    },
    arm(fault) {
      if ('wire' in fault) {
        const state = { disturbed: new Set<Lane>(), disarmed: new AbortController() }
        const own = { ...fault }
        wires.set(own, state)
        changed()
        const disarm = (): void => {
          if (!wires.delete(own)) return
          state.disarmed.abort()
          changed()
        }
        return {
          name: fault.wire.name,
          get struck() {
            return state.disturbed.size
          },
          disarm,
        }
      }
      const disarm = (): void => {
        questions.delete(waiting)
        delaying.delete(waiting)
        waiting.released.abort()
        for (const { disarm: disarmNext } of waiting.next) disarmNext()
      }
      const armed = { name: fault.name, struck: 0, disarm }
      const waiting: Waiting = { fault, armed, seen: 0, next: [], released: new AbortController() }
      if (isHolding(fault.disturbance)) delaying.add(waiting)
      questions.add(waiting)
      return armed
    },
    disarmAll() {
      questions.clear()
      for (const { released } of delaying) released.abort()
      delaying.clear()
      for (const state of wires.values()) state.disarmed.abort()
      wires.clear()
      changed()
    },
  }
  return set
}

/** What is asked to open a connection; a fault strikes it only when it is named. */
const connecting = 'CONNECT'

/** Whether a fault may strike a question, leaving aside how many it has struck. */
export function matchesTarget({ operation, fingerprint, effect }: FaultMatch, target: Target): boolean {
  if (target.operation === connecting) return operation === connecting
  return (
    (effect === undefined || effect === target.effect) &&
    says(operation, target.operation) &&
    says(fingerprint, target.fingerprint)
  )
}

function says(wanted: string | RegExp | undefined, seen: string): boolean {
  if (wanted === undefined || wanted === seen) return true
  return typeof wanted !== 'string' && seen.search(wanted) >= 0
}

/** Goes through whatever wire faults are armed now; when they change, what they hold back goes first. */
class LiveLane implements Lane {
  readonly #next: Lane
  readonly #build: () => Lane
  #current: Lane
  #changing: Promise<void> | undefined

  constructor(next: Lane, build: () => Lane) {
    this.#next = next
    this.#build = build
    this.#current = build()
  }

  get gone(): AbortSignal {
    return this.#next.gone
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#changing) return this.#changing.then(() => this.#current.write(bytes))
    return this.#current.write(bytes)
  }

  end(): void {
    if (this.#changing) void this.#changing.then(() => this.#current.end())
    else this.#current.end()
  }

  reset(): void {
    this.#current.reset()
  }

  drain(): Promise<void> {
    return this.#changing ?? this.#current.drain()
  }

  rebuild(): void {
    const before = this.#current
    const changing = Promise.all([this.#changing, before.drain()]).then(() => {
      this.#current = this.#build()
      if (this.#changing === changing) this.#changing = undefined
    })
    this.#changing = changing
  }
}
