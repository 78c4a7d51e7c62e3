import { readFields } from './decode.ts'
import { errorResponse } from './encode.ts'
import { fromServer } from './types.ts'

let markers = 0

/** Replaces one error of the server by another: the one that names `marker`, which nobody else would ask for. */
export class ErrorRewrite {
  readonly marker: string = `mortar fault ${++markers}`
  readonly #fields: Readonly<Record<string, string>>
  readonly #settled: () => boolean
  #bytes: Buffer = Buffer.alloc(0)
  #done = false

  /** @param settled - Whether the server owes nothing, so that the error will not come any more. */
  constructor(fields: Readonly<Record<string, string>>, settled: () => boolean) {
    this.#fields = fields
    this.#settled = settled
  }

  /** Nothing is held back, and nothing will be rewritten. */
  get done(): boolean {
    return this.#done || (this.#bytes.length === 0 && this.#settled())
  }

  /** Returns what can be passed on: whole messages until the error has come, then everything. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    let at = 0
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      if (bytes[at] === fromServer.error && readFields(bytes.subarray(at + 5, end))['M']?.includes(this.marker)) {
        this.#done = true
        this.#bytes = Buffer.alloc(0)
        return Buffer.concat([bytes.subarray(0, at), errorResponse(this.#fields), bytes.subarray(end)])
      }
      at = end
    }
    this.#bytes = bytes.subarray(at)
    return bytes.subarray(0, at)
  }
}
