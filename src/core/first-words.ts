import type { Sender } from './exchange.ts'
import type { Follower } from './follower.ts'
import type { FailureKind } from './protocol.ts'
import { spokenIn } from './spoken-in.ts'

/** A follower that also looks whether the client speaks the protocol at all, where the server itself turns it away. */
export class FirstWords implements Follower {
  readonly #follower: Follower
  readonly #own: string
  #strange: ((spoken: string) => void) | undefined

  /** @param own - What clients are to speak, as {@link spokenIn} names it. */
  constructor(follower: Follower, own: string, strange: (spoken: string) => void) {
    this.#follower = follower
    this.#own = own
    this.#strange = strange
  }

  get lost(): boolean {
    return this.#follower.lost
  }

  atBoundary(from: Sender): boolean {
    return this.#follower.atBoundary(from)
  }

  take(from: Sender, chunk: Buffer, once?: boolean): number {
    if (from === 'client' && this.#strange) {
      const spoken = spokenIn(chunk)
      if (spoken !== undefined && spoken !== this.#own) this.#strange(spoken)
      this.#strange = undefined
    }
    return this.#follower.take(from, chunk, once)
  }

  end(failure?: FailureKind, message?: string): void {
    this.#follower.end(failure, message)
  }
}
