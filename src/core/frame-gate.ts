import type { Sender } from './exchange.ts'
import type { Follower } from './follower.ts'
import type { Lane } from './lane.ts'
import type { Scanner } from './scanner.ts'

/** What a gate works with. */
export interface FrameGateOptions<F> {
  readonly from: Sender
  readonly follower: Follower
  readonly scanner: () => Scanner<F>
  /** Where this direction goes. */
  readonly lane: Lane
  /** Whether messages are to be held back one by one. */
  readonly watching: () => boolean
  /** Decides what becomes of a whole message; the next one waits for the promise. */
  readonly handle: (frame: F, bytes: Buffer) => Promise<void> | undefined
  /** Lets go of the beginnings of what belongs together that `handle` keeps, as it is not shown the rest. */
  readonly release?: () => Promise<void>
}

/**
 * Lets the messages of one direction through one by one, so that a fault can take hold of one before its first byte is
 * sent. Used only while a fault is armed; what had begun before is let through.
 */
export class FrameGate<F> {
  readonly #options: FrameGateOptions<F>
  readonly #scanner: Scanner<F>
  #parts: Buffer[] = []
  #turn: Promise<void> = Promise.resolve()
  #working = 0
  /** Messages that are kept for later, so that only whole ones may pass meanwhile. */
  pending = 0

  constructor(options: FrameGateOptions<F>) {
    this.#options = options
    this.#scanner = options.scanner()
  }

  /** Whether bytes must go through here. */
  get active(): boolean {
    return this.#working > 0 || this.#parts.length > 0 || this.pending > 0 || this.#options.watching()
  }

  /** Takes the sender's next bytes. The promise is kept when more can be taken. */
  push(chunk: Buffer): Promise<void> {
    this.#working++
    this.#turn = this.#turn
      .catch(() => {})
      .then(() => this.#take(chunk))
      .finally(() => void this.#working--)
    return this.#turn
  }

  /** The sender has finished; a message that it has only begun goes on as it is. */
  finish(): Promise<void> {
    this.#turn = this.#turn
      .catch(() => {})
      .then(() => {
        if (this.#parts.length > 0) return this.pass(Buffer.concat(this.#parts.splice(0)))
        return undefined
      })
    return this.#turn
  }

  /** Shows bytes to the follower and sends them on. */
  pass(bytes: Buffer): Promise<void> | undefined {
    const { follower, from, lane } = this.#options
    follower.take(from, bytes)
    return lane.write(bytes)
  }

  async #take(chunk: Buffer): Promise<void> {
    const { follower, from, lane, handle, release } = this.#options
    let at = 0
    if (!follower.lost && this.#parts.length === 0 && !follower.atBoundary(from)) {
      at = follower.take(from, chunk, true)
      await lane.write(chunk.subarray(0, at))
    }
    while (at < chunk.length && !follower.lost) {
      const scanned = this.#next(chunk, at)
      if (!scanned) return
      const bytes = Buffer.concat([...this.#parts.splice(0), chunk.subarray(at, scanned.end)])
      at = scanned.end
      await handle(scanned.frame, bytes)
    }
    if (at === chunk.length) return
    await release?.()
    await this.pass(Buffer.concat([...this.#parts.splice(0), chunk.subarray(at)]))
  }

  #next(chunk: Buffer, at: number): { frame: F; end: number } | undefined {
    try {
      const scanned = this.#scanner.next(chunk, at)
      if (!scanned) this.#parts.push(chunk.subarray(at))
      return scanned
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // The follower finds out the same, and everything after passes as it is.
      void this.#options.release?.()
      void this.pass(Buffer.concat([...this.#parts.splice(0), chunk.subarray(at)]))
      return undefined
    }
  }
}
