import type { Disturbance, Target } from '../../core/fault.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Sender } from '../../core/exchange.ts'
import { type Armed, createFaultSet } from '../../modes/faults/fault-set.ts'
import { seededRandom } from '../../core/seeded-random.ts'
import type { WireName } from '../../protocols/wires.ts'
import { faultMatch } from './attributes.ts'
import type { ToxicType } from './toxic-types.ts'

/** What can be changed of a toxic. */
export interface ToxicSettings {
  readonly attributes: JsonObject
  /** Probability that it applies to a connection, 0 to 1. */
  readonly toxicity: number
}

/** What a toxic is made of. */
export interface ToxicFields extends ToxicSettings {
  readonly name: string
  readonly typeName: string
  readonly type: ToxicType
  readonly stream: 'upstream' | 'downstream'
}

/** One disturbance of one proxy, as it was asked for and as far as it has got. */
export class Toxic {
  readonly name: string
  readonly typeName: string
  readonly type: ToxicType
  readonly stream: ToxicFields['stream']
  readonly seed: number
  /** Grows when what it does to bytes changes. */
  version = 1
  #settings: ToxicSettings
  readonly #protocol: WireName | undefined
  readonly #draw: () => number
  /** What was drawn for a connection, and its place among those opened since; 0: it was there before. */
  readonly #met = new WeakMap<object, { readonly draw: number; readonly place: number }>()
  #opened = 0
  #struck = 0
  readonly #faults = createFaultSet()
  #armed: Armed | undefined

  constructor(fields: ToxicFields, seed: number, protocol?: WireName) {
    this.name = fields.name
    this.typeName = fields.typeName
    this.type = fields.type
    this.stream = fields.stream
    this.seed = seed + hashOf(fields.name)
    this.#draw = seededRandom(this.seed)
    this.#protocol = protocol
    this.#settings = fields
    this.#arm()
  }

  get attributes(): JsonObject {
    return this.#settings.attributes
  }

  get toxicity(): number {
    return this.#settings.toxicity
  }

  /** Whose bytes it disturbs. */
  get from(): Sender {
    return this.stream === 'upstream' ? 'client' : 'service'
  }

  /** Whether messages must be looked at one by one. */
  get watching(): boolean {
    return this.#faults.watching
  }

  /** Decides once for each connection whether it is struck. Must be called for all, in the order they come. */
  meet(connection: object, isNew: boolean): void {
    this.#met.set(connection, { draw: this.#draw(), place: isNew ? ++this.#opened : 0 })
  }

  /** Whether it is in force for a connection. */
  applies(connection: object): boolean {
    const met = this.#met.get(connection)
    if (!met || met.draw >= this.toxicity) return false
    const { match } = this.attributes
    if (this.type.kind === 'question' || match === undefined) return true
    const { nth = 1, times = 1 } = faultMatch(match)
    return met.place >= nth && met.place < nth + times
  }

  concerns(target: Target): boolean {
    return this.#faults.concerns(target)
  }

  strike(target: Target): Disturbance | undefined {
    return this.#faults.strike(target)
  }

  /** Counts a connection that was disturbed. */
  hit(): void {
    this.#struck++
  }

  update(settings: ToxicSettings): void {
    const before = this.attributes
    this.#settings = settings
    if (JSON.stringify(before) === JSON.stringify(settings.attributes)) return
    this.version++
    this.end()
    this.#arm()
  }

  /** Strikes nothing that is asked from here on. */
  end(): void {
    this.#struck += this.#armed?.struck ?? 0
    this.#armed?.disarm()
    this.#armed = undefined
  }

  toJSON(): Json {
    const { attributes, name, typeName, stream, toxicity } = this
    const struck = this.#struck + (this.#armed?.struck ?? 0)
    return { attributes, name, type: typeName, stream, toxicity, struck }
  }

  #arm(): void {
    if (this.type.kind !== 'question' || this.#protocol === undefined) return
    this.#armed = this.#faults.arm(this.type.fault(this.attributes, this.#protocol))
  }
}

// FNV-1a: toxics of one proxy must not draw the same numbers.
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
