import type { Disturbance } from './fault.ts'
import { realClearTimeout, realSetTimeout } from './real-clock.ts'

/** A message of a broker that a fault may change, as its protocol sends it. */
export interface DeskMessage {
  /** Messages of one key change places with one another: a subject, a topic. */
  readonly key: string
  readonly bytes: Buffer
  readonly body: Uint8Array
  /** The message once more, as its protocol marks it. */
  again(): Buffer
  /** The message with another body. */
  poisoned(body: Uint8Array): Buffer
  /** Told that it will not arrive. */
  dropped?(): void
}

/** What a desk works with. */
export interface MessageDeskOptions {
  /** Writes a whole message. */
  readonly send: (bytes: Buffer) => Promise<void> | undefined
  readonly gone: AbortSignal
  /** Counts what is kept for later. */
  readonly gate: { pending: number }
}

/** Duplicates, delays, reorders, drops and poisons the messages of one direction, whole ones only. */
export class MessageDesk {
  readonly #options: MessageDeskOptions
  /** Wait for the next message of their key. */
  readonly #waiting = new Map<string, () => void>()

  constructor(options: MessageDeskOptions) {
    this.#options = options
  }

  /** Sends a message, and then the one that was to change places with it. */
  pass({ key, bytes }: Pick<DeskMessage, 'key' | 'bytes'>): Promise<void> | undefined {
    const written = this.#options.send(bytes)
    this.#waiting.get(key)?.()
    return written
  }

  /** Does to a message what can be done to messages. Returns false for everything else. */
  disturb(disturbance: Disturbance, message: DeskMessage): boolean {
    switch (disturbance.do) {
      case 'duplicate':
        void this.pass(message)
        void this.pass({ key: message.key, bytes: message.again() })
        return true
      case 'drop':
        message.dropped?.()
        return true
      case 'poison':
        void this.pass({ key: message.key, bytes: message.poisoned(disturbance.body) })
        return true
      case 'rewrite': {
        const body = disturbance.to(message.body)
        if (!body) disturbance.missed?.()
        void this.pass({ key: message.key, bytes: body ? message.poisoned(body) : message.bytes })
        return true
      }
      case 'delay':
        this.#later(message, disturbance.ms, disturbance.released)
        return true
      case 'reorder':
        this.#waiting.get(message.key)?.()
        this.#waiting.set(message.key, this.#later(message, disturbance.ms, disturbance.released))
        return true
      default:
        return false
    }
  }

  /** Sends a message later, or when the function returned is called. */
  #later({ key, bytes }: DeskMessage, ms: number, released?: AbortSignal): () => void {
    const { send, gone, gate } = this.#options
    let done = false
    const release = (write: boolean): void => {
      if (done) return
      done = true
      realClearTimeout(timer)
      gone.removeEventListener('abort', forget)
      released?.removeEventListener('abort', now)
      if (this.#waiting.get(key) === now) this.#waiting.delete(key)
      if (write) void send(bytes)
      gate.pending--
    }
    const now = (): void => release(true)
    const forget = (): void => release(false)
    gate.pending++
    const timer = realSetTimeout(now, ms)
    gone.addEventListener('abort', forget)
    released?.addEventListener('abort', now)
    return now
  }
}
