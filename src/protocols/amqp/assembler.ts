import type { JsonObject } from '../../core/json.ts'
import { bodySizeOf, decodeMethod } from './decode.ts'
import type { AmqpFrame } from './scanner.ts'
import { contentMethods, frameTypes } from './types.ts'

/** A method with what belongs to it, as it came over one channel. */
export interface AmqpUnit {
  readonly channel: number
  readonly name: string
  readonly fields: JsonObject
  /** Payload of the content header; absent where there is no content. */
  readonly header?: Buffer
  /** The beginning of the body. */
  readonly body: Buffer
  /** Of the whole body, bytes. */
  readonly size: number
}

interface Begun {
  readonly name: string
  readonly fields: JsonObject
  header?: Buffer
  readonly parts: Buffer[]
  kept: number
  size: number
  left: number
}

const nothing = Buffer.alloc(0)

/** Puts the frames of one direction together to methods with their contents; those of several channels may alternate. */
export class Assembler {
  readonly #keep: number
  readonly #begun = new Map<number, Begun>()

  /** @param keep - Of each body, bytes (default 1 MiB). */
  constructor(keep: number = 1 << 20) {
    this.#keep = keep
  }

  /** Whether the content of some channel is still coming. */
  get midway(): boolean {
    return this.#begun.size > 0
  }

  /**
   * Takes the next frame.
   *
   * @returns What is whole with it; `undefined` while more must come, and for heartbeats.
   * @throws RangeError for a frame that cannot come now
   */
  take({ type, channel, payload, parts, size }: AmqpFrame): AmqpUnit | undefined {
    const begun = this.#begun.get(channel)
    if (type === frameTypes.method) {
      if (begun) throw new RangeError('a method in the middle of a content')
      const { name, fields } = decodeMethod(payload)
      if (!contentMethods.has(name)) return { channel, name, fields, body: nothing, size: 0 }
      this.#begun.set(channel, { name, fields, parts: [], kept: 0, size: 0, left: -1 })
      return undefined
    }
    if (type !== frameTypes.header && type !== frameTypes.body) return undefined
    if (!begun || begun.left < 0 !== (type === frameTypes.header)) throw new RangeError('a content without a method')
    if (type === frameTypes.header) {
      begun.header = payload
      begun.size = begun.left = bodySizeOf(payload)
    } else {
      if (size > begun.left) throw new RangeError('a body longer than stated')
      begun.left -= size
      for (const part of parts) {
        const kept = part.subarray(0, this.#keep - begun.kept)
        if (kept.length > 0) begun.parts.push(kept)
        begun.kept += kept.length
      }
    }
    if (begun.left > 0) return undefined
    this.#begun.delete(channel)
    return {
      channel,
      name: begun.name,
      fields: begun.fields,
      header: begun.header!,
      body: begun.parts.length === 1 ? begun.parts[0]! : Buffer.concat(begun.parts, begun.kept),
      size: begun.size,
    }
  }
}
