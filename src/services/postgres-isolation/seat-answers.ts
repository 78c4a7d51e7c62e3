import { fromServer } from '../../protocols/postgres/types.ts'
import { messagesIn, type WholeMessage } from '../../protocols/postgres/whole-messages.ts'
import { rewriteError } from './pin-errors.ts'
import type { PinPitfall } from './pin-pitfall.ts'
import type { SeatNames } from './seat-names.ts'
import type { SharedSession } from './shared-session.ts'

/** What the answers of a seat are passed on by. */
export interface SeatAnswersOptions {
  readonly names: SeatNames
  readonly shared: SharedSession
  /** To the client. */
  readonly write: (bytes: Buffer) => void
}

/** What answers an extended message; of Describe, its last answer. */
const countable: ReadonlySet<number> = new Set([
  fromServer.parseComplete,
  fromServer.bindComplete,
  fromServer.closeComplete,
  fromServer.rowDescription,
  fromServer.noData,
  fromServer.commandComplete,
  fromServer.emptyQuery,
  fromServer.portalSuspended,
])

/** Follows what the server answers while it is the turn of one client, and passes on what is for that client. */
export class SeatAnswers {
  /** A simple query is under way, whose answers are not counted. */
  simple = false
  /** Data of a COPY is expected from the client. */
  copying = false
  /** A Sync has been sent whose answer is waited for. */
  syncing = false
  /** A Sync was sent before the data of a COPY; the server will not answer it. */
  eatenSync = false
  /** What comes until the next Sync is not done. */
  skipping = false
  /** Answers to extended messages that are still to come. */
  owed = 0
  /** Answers among them that the client did not ask for. */
  unasked = 0
  /** Of the last ReadyForQuery; set to undefined by who waits for the next. */
  status: string | undefined
  /** Why a statement was sent that cannot succeed. */
  refused: PinPitfall | undefined
  readonly #options: SeatAnswersOptions
  #wake: (() => void)[] = []

  constructor(options: SeatAnswersOptions) {
    this.#options = options
  }

  /** Takes whole messages. */
  push(messages: Buffer): void {
    const { write } = this.#options
    let from = 0
    let at = 0
    for (const each of messagesIn(messages)) {
      const pass = this.#see(each)
      if (pass !== each.bytes) {
        if (at > from) write(messages.subarray(from, at))
        if (pass) write(pass)
        from = at + each.bytes.length
      }
      at += each.bytes.length
    }
    if (at > from) write(messages.subarray(from, at))
    this.look()
  }

  /** Resolves when it is so. @throws Error when the session has ended */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.#options.shared.ended) throw new Error('the session has ended')
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve)
      })
    }
  }

  /** Lets everybody look who waits. */
  look(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }

  /** What the client gets of a message of the server: the same, another, or nothing. */
  #see({ type, bytes }: WholeMessage): Buffer | undefined {
    switch (type) {
      case fromServer.ready:
        this.status = String.fromCharCode(bytes[5]!)
        return undefined
      case fromServer.parameterStatus:
        this.#options.shared.tell(bytes)
        return bytes
      case fromServer.error:
        return this.#failed(bytes)
      case fromServer.copyIn:
        this.copying = true
        this.eatenSync = this.syncing
        return bytes
    }
    if (type === fromServer.commandComplete) this.copying = false
    if (this.simple || !countable.has(type)) return bytes
    this.owed--
    if (type !== fromServer.parseComplete || this.unasked === 0) return bytes
    this.unasked--
    return undefined
  }

  #failed(bytes: Buffer): Buffer {
    this.copying = false
    if (!this.simple) {
      this.skipping = true
      this.owed = 0
      this.unasked = 0
    }
    const refused = this.refused
    this.refused = undefined
    return rewriteError(bytes, this.#options.names, refused)
  }
}
