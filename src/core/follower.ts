import type { Sender } from './exchange.ts'
import type { FailureKind } from './protocol.ts'
import type { Scanner } from './scanner.ts'

/** Is shown every byte of both directions of one connection, changes none, and tells what was asked and answered. */
export interface Follower {
  /** True once bytes came that cannot be understood; from then on nothing is followed. */
  readonly lost: boolean
  /** Whether what `from` sent so far ends with a whole message. */
  atBoundary(from: Sender): boolean
  /**
   * Takes the next bytes. With `once` it stops after the first message that ends in them.
   *
   * @returns How many bytes were taken.
   */
  take(from: Sender, chunk: Buffer, once?: boolean): number
  /** The connection is gone. */
  end(failure?: FailureKind, message?: string): void
}

/** Feeds one direction of a follower; what cannot be understood loses it, and is no reason to stop the bytes. */
export function follow<F>(
  scanner: Scanner<F>,
  chunk: Buffer,
  once: boolean,
  see: (frame: F) => boolean | void,
  lose: (reason: string) => void,
): number {
  try {
    for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end)) {
      // What is seen may mean that no more messages follow, only bytes.
      if (see(scanned.frame) === false) return chunk.length
      if (once) return scanned.end
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    lose(error.message)
  }
  return chunk.length
}
