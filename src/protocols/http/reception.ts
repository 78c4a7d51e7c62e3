import { type Channel, channel } from '../../core/channel.ts'
import { type FailureReply, failureOf, timeoutFailure } from './failures.ts'
import type { HttpReply } from './message.ts'
import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'

// With this many unread replies the service is told to wait.
const maxWaiting = 16

/** The answer to one question while it comes in: what has come, how long we wait for more, and who wants it to stop. */
export class Reception {
  readonly replies: Channel<HttpReply>
  /** Gives the question up; set by whoever asks it. */
  stop: () => void = () => {}
  /** Lets a paused source go on; set by whoever asks. */
  resume: () => void = () => {}
  isOver = false
  /** Whether any byte of the answer has come. */
  heard = false
  hasHead = false
  readonly #timeoutMs: number
  readonly #signal: AbortSignal
  readonly #onAbort: () => void
  #timer: NodeJS.Timeout | undefined
  #paused = false

  constructor(signal: AbortSignal, timeoutMs: number) {
    this.#signal = signal
    this.#timeoutMs = timeoutMs
    this.replies = channel<HttpReply>({
      drained: () => {
        if (!this.#paused) return
        this.#paused = false
        this.#timer?.refresh()
        this.resume()
      },
      left: () => this.#abandon(),
    })
    this.#onAbort = () => this.#abandon()
    if (signal.aborted) this.finish()
    else {
      signal.addEventListener('abort', this.#onAbort, { once: true })
      this.#timer = realSetTimeout(() => this.#timedOut(), timeoutMs)
    }
  }

  /** @returns False when the source should pause until `resume`. */
  push(reply: HttpReply): boolean {
    if (this.isOver) return true
    this.noteByte()
    if (reply.type === 'head') this.hasHead = true
    this.replies.push(reply)
    this.#paused = this.replies.waiting >= maxWaiting
    return !this.#paused
  }

  /** The service is alive. */
  noteByte(): void {
    this.heard = true
    this.#timer?.refresh()
  }

  /** From here on silence is no failure: events and frames may be hours apart. */
  waitForever(): void {
    realClearTimeout(this.#timer)
    this.#timer = undefined
  }

  finish(): void {
    this.isOver = true
    this.waitForever()
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.replies.end()
  }

  fail(failure: FailureReply): void {
    if (this.isOver) return
    this.push(failure)
    this.finish()
  }

  failWith(error: unknown): void {
    this.fail(failureOf(error, this.hasHead))
  }

  #abandon(): void {
    if (this.isOver) return
    this.finish()
    this.stop()
  }

  #timedOut(): void {
    // A reader that is slow itself is no reason to blame the service.
    if (this.#paused) return
    this.fail(timeoutFailure(this.#timeoutMs))
    this.stop()
  }
}
