import type { OwnSession, TextRow } from '../../protocols/postgres/own-session.ts'
import { WholeMessages } from '../../protocols/postgres/whole-messages.ts'

/** Who may use the session, one at a time. */
export interface Holder {
  /** Whether it keeps its turn until its transaction ends. */
  readonly inTransaction: boolean
  /** Whole messages of the server, while it is the holder's turn. */
  answered(messages: Buffer): void
  /** A setting of the session is another one now; `message` says so. */
  told(message: Buffer): void
  /** The session has ended. */
  lost(): void
}

/** One session on the server, which is used by turns. */
export class SharedSession {
  /** What looks at constraints that were put off, as a commit does; nothing where there are none. */
  check = ''
  readonly #session: OwnSession
  readonly #holders = new Set<Holder>()
  #whole = new WholeMessages()
  #holder: Holder | undefined
  #waiting: { readonly holder: Holder; readonly resolve: () => void }[] = []
  #ended = false
  readonly #data: (chunk: Buffer) => void

  constructor(session: OwnSession) {
    this.#session = session
    const { connection } = session
    this.#data = (chunk) => this.#received(chunk)
    connection.on('close', () => this.#close()).on('end', () => connection.destroy())
    session.detach()
    this.#listen()
  }

  /** The parameters that the server sent, as messages. */
  get hello(): Buffer {
    return this.#session.hello
  }

  /** Names the session in a cancel request. */
  get key(): Buffer {
    return this.#session.key
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Who uses it now. */
  get holder(): Holder | undefined {
    return this.#holder
  }

  join(holder: Holder): void {
    this.#holders.add(holder)
  }

  part(holder: Holder): void {
    this.#holders.delete(holder)
  }

  /** Resolves when it is the holder's turn. Returns false when `signal` was aborted before. */
  async take(holder: Holder, signal?: AbortSignal): Promise<boolean> {
    if (!this.#holder) {
      this.#holder = holder
      return true
    }
    return new Promise((resolve) => {
      const waiting = { holder, resolve: () => resolve(true) }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', () => {
        if (!this.#waiting.includes(waiting)) return
        this.#waiting = this.#waiting.filter((each) => each !== waiting)
        resolve(false)
      })
    })
  }

  /** Ends the turn of who has it. */
  give(): void {
    const next = this.#waiting.shift()
    this.#holder = next?.holder
    next?.resolve()
  }

  /** Sends what the holder says. Returns a promise when that is more than is taken at once. */
  send(bytes: Buffer): Promise<void> | undefined {
    const { connection } = this.#session
    if (connection.destroyed || connection.write(bytes)) return undefined
    return new Promise((resolve) => {
      connection.once('drain', resolve).once('close', resolve)
    })
  }

  /**
   * Runs statements of our own. The server must owe nothing.
   *
   * @throws PostgresFailed; Error when the session has ended
   */
  run(sql: string): Promise<TextRow[]> {
    return this.#own((session) => session.query(sql))
  }

  /** Sends messages of our own whose answer ends with one ReadyForQuery. */
  async ask(bytes: Buffer): Promise<void> {
    await this.#own((session) => session.send(bytes, 1))
  }

  /** Does something with the session that nobody else must hear. */
  async own<T>(work: (session: OwnSession) => Promise<T>): Promise<T> {
    return this.#own(work)
  }

  /** Takes no more from the server until the promise is kept. */
  pauseUntil(wait: Promise<void>): void {
    const { connection } = this.#session
    connection.pause()
    const resume = (): void => void connection.resume()
    wait.then(resume, resume)
  }

  close(): void {
    this.#session.close()
  }

  /** A setting has changed in the holder's turn. */
  tell(message: Buffer): void {
    for (const holder of this.#holders) if (holder !== this.#holder) holder.told(message)
  }

  async #own<T>(work: (session: OwnSession) => Promise<T>): Promise<T> {
    const session = this.#session
    const { length } = session.hello
    session.connection.off('data', this.#data)
    session.attach()
    try {
      return await work(session)
    } finally {
      session.detach()
      this.#listen()
      const changed = session.hello.subarray(length)
      if (changed.length > 0) for (const holder of this.#holders) holder.told(changed)
    }
  }

  #listen(): void {
    this.#session.connection.on('data', this.#data).resume()
  }

  #received(chunk: Buffer): void {
    try {
      const messages = this.#whole.push(chunk)
      if (messages.length > 0) this.#holder?.answered(messages)
    } catch {
      this.#session.connection.destroy()
    }
  }

  #close(): void {
    this.#ended = true
    for (const holder of this.#holders) holder.lost()
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }
}
