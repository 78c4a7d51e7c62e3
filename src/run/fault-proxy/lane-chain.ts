import type { Lane } from '../../core/lane.ts'
import { wrapLane } from '../../modes/faults/wrap-lane.ts'
import type { Toxic } from './toxic.ts'
import type { ToxicSite, WireToxic } from './toxics/wire.ts'

interface Stage {
  readonly toxic: Toxic
  readonly version: number
  readonly lane: Lane
  readonly exit: Exit
  readonly disarmed: AbortController
}

/**
 * One direction of one connection, through its toxics in order. Toxics come, change and go while bytes are on their
 * way: what one that goes has held back is let go before anything that comes after.
 */
export class LaneChain implements Lane {
  readonly #base: Lane
  readonly #head: Exit
  #linked: readonly Stage[] = []
  #wanted: readonly Stage[] = []
  #targets: (readonly Stage[])[] = []
  #working = false
  #closing = false
  readonly #memories = new WeakMap<Toxic, ToxicSite['memory']>()

  /** @param close - Ends the connection both ways, in good order. */
  constructor(base: Lane, close: () => void) {
    this.#base = wrapLane(base, { end: () => (this.#closing ? close() : base.end()) })
    this.#head = new Exit(this.#base)
  }

  get gone(): AbortSignal {
    return this.#base.gone
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    return this.#head.write(bytes)
  }

  end(): void {
    this.#head.end()
  }

  reset(): void {
    this.#head.reset()
  }

  drain(): Promise<void> {
    return Promise.resolve()
  }

  /** Makes it go through these toxics, and no others. Does not wait for what is held back. */
  go(toxics: readonly Toxic[]): void {
    const before = this.#wanted
    this.#wanted = toxics.map(
      (toxic) =>
        before.find((stage) => stage.toxic === toxic && stage.version === toxic.version) ?? this.#attach(toxic),
    )
    for (const stage of before) {
      if (this.#wanted.includes(stage)) continue
      // A toxic that only changes must not do what it does at its end.
      if (toxics.includes(stage.toxic)) stage.exit.muted = true
      stage.disarmed.abort()
    }
    this.#targets.push(this.#wanted)
    if (!this.#working) void this.#work()
  }

  #attach(toxic: Toxic): Stage {
    const exit = new Exit(this.#base)
    const disarmed = new AbortController()
    const memory = this.#memories.get(toxic) ?? { passed: 0 }
    this.#memories.set(toxic, memory)
    let hit = false
    const strike = (): void => {
      if (!hit) toxic.hit()
      hit = true
    }
    const { strikes = 'bytes', attach } = toxic.type as WireToxic
    const close = (): void => {
      if (exit.muted) return
      strike()
      this.#closing = true
      exit.end()
    }
    const lane = attach(toxic.attributes, exit, { disarmed: disarmed.signal, seed: toxic.seed, memory, close })
    const counted = wrapLane(lane, {
      ...(strikes === 'bytes' && {
        write(bytes) {
          strike()
          return lane.write(bytes)
        },
      }),
      ...(strikes === 'end' && {
        end() {
          strike()
          lane.end()
        },
      }),
    })
    return { toxic, version: toxic.version, lane: counted, exit, disarmed }
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let target = this.#targets.shift(); target; target = this.#targets.shift()) {
      const held: Exit[] = []
      let before = this.#head
      for (const stage of this.#linked) {
        if (!target.includes(stage)) {
          // Only what comes before it may wait; it lets go through whatever comes after.
          before.hold()
          held.push(before)
          await stage.lane.drain()
        }
        before = stage.exit
      }
      const exits = [this.#head, ...target.map(({ exit }) => exit)]
      exits.forEach((exit, at) => void (exit.next = target[at]?.lane ?? this.#base))
      this.#linked = target
      // What waits nearest to the receiver was sent first.
      for (const exit of held.toReversed()) exit.release()
    }
    this.#working = false
  }
}

/** Where a toxic writes to; what comes next may change. */
class Exit implements Lane {
  next: Lane
  /** Set: its toxic may no longer end the connection. */
  muted = false
  #held: (() => void)[] | undefined

  constructor(next: Lane) {
    this.next = next
  }

  get gone(): AbortSignal {
    return this.next.gone
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#held) return this.next.write(bytes)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.push(() => resolve(this.next.write(bytes)))
    return promise
  }

  end(): void {
    if (this.#held) this.#held.push(() => this.next.end())
    else this.next.end()
  }

  reset(): void {
    if (!this.muted) this.next.reset()
  }

  /** What a toxic waits for is its own, so that one can go while another holds everything back. */
  drain(): Promise<void> {
    return Promise.resolve()
  }

  hold(): void {
    this.#held ??= []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const work of held) work()
  }
}
