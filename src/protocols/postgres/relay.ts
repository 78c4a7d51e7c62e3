import { Duplex } from 'node:stream'
import { asAsker } from '../../core/asker.ts'
import { duplexLane, resetConnection } from '../../core/duplex-lane.ts'
import type { Faults } from '../../core/fault.ts'
import type { Lane } from '../../core/lane.ts'
import { realSetImmediate } from '../../core/real-clock.ts'
import { terminate } from './encode.ts'
import { MessageHold } from './message-hold.ts'
import type { PostgresSession } from './session.ts'

/** What a relay joins. */
export interface RelayOptions {
  readonly client: Duplex
  readonly server: Duplex
  readonly session: PostgresSession
  readonly faults?: Faults
  /** Aborted: both sides are destroyed, whatever faults make of it. */
  readonly signal?: AbortSignal
  /** Where a server is wanted whose client says goodbye at rest. */
  readonly keep?: { wanted(): boolean; left(): void }
}

/** Carries one session between a client and a server, which may be exchanged between two questions. */
export class Relay {
  readonly session: PostgresSession
  readonly #client: Duplex
  #server: Duplex
  readonly #gone = new AbortController()
  readonly #closed = Promise.withResolvers<void>()
  readonly #faults: Faults | undefined
  readonly #toClient: Lane
  readonly #toServer: Lane
  /** To whichever server it is now. */
  #serverLane: Lane
  readonly #hold: MessageHold | undefined
  /** Client bytes wait here while the server is exchanged. */
  #held: Buffer[] | undefined
  #waiters: { readonly reached: () => boolean; readonly resolve: () => void }[] = []
  #lost = false
  #dismissed = false
  #leave: () => void = ignore
  readonly #keep: RelayOptions['keep']

  constructor({ client, server, session, faults, signal, keep }: RelayOptions) {
    this.session = session
    this.#client = client
    this.#server = server
    this.#faults = faults
    this.#keep = keep
    const reset = (): void => this.reset()
    const disturbed = (from: 'client' | 'service', lane: Lane): Lane => faults?.disturb(from, lane) ?? lane
    this.#toClient = disturbed('service', duplexLane(client, this.#gone.signal, reset))
    this.#serverLane = duplexLane(server, this.#gone.signal, reset)
    const forwarding: Lane = {
      gone: this.#gone.signal,
      reset,
      write: (bytes) => this.#serverLane.write(bytes),
      end: () => this.#serverLane.end(),
      drain: () => Promise.resolve(),
    }
    this.#toServer = disturbed('client', forwarding)
    const stop = (): void => {
      this.#client.destroy()
      this.#server.destroy()
    }
    signal?.addEventListener('abort', stop)
    void this.closed.then(() => signal?.removeEventListener('abort', stop))
    this.#hold = faults && new MessageHold({ session, faults, lane: this.#toServer, control: this })
  }

  /** Resolves when both sides are gone. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  get server(): Duplex {
    return this.#server
  }

  /** Begins to carry bytes. */
  start(): void {
    // What has come before belongs to nobody here.
    asAsker(this.#client, () => {})
    this.#client.on('data', (chunk: Buffer) => asAsker(this.#client, () => this.#fromClient(chunk)))
    this.#client.on('end', () => this.#clientEnded())
    this.#client.on('error', ignore)
    this.#client.once('close', () => this.#clientClosed())
    this.#listen(this.#server)
    if (this.#client.destroyed) this.#client.emit('close')
    this.#client.resume()
  }

  /** Goes on with another server. The client must be held, and the session idle. The old one is no longer looked at. */
  exchange(server: Duplex): void {
    this.leave()
    this.#server = server
    this.#serverLane = duplexLane(server, this.#gone.signal, () => this.reset())
    this.#listen(server)
  }

  /** Looks no longer at the server, so that somebody else can ask it something. */
  leave(): void {
    this.#leave()
  }

  /** Looks at the server again, which `leave` had left. */
  comeBack(): void {
    this.#listen(this.#server)
  }

  /** Keeps what the client sends until `release`. */
  hold(): void {
    this.#held ??= []
    this.#client.pause()
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const chunk of held) this.#fromClient(chunk)
    this.#client.resume()
  }

  /** Resolves when the server owes nothing any more. */
  quiet(): Promise<void> {
    return this.#until(() => this.session.answered || this.session.lost)
  }

  /** Resolves when the session could go on elsewhere, with the client held; or when the connection is lost. */
  async idle(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.session.idle || signal.aborted, signal)
    if (this.session.idle) this.hold()
  }

  /** Says goodbye to the client with these bytes and leaves the server. */
  dismiss(bytes: Buffer): void {
    this.#dismissed = true
    this.#toClient.write(bytes)
    this.#toClient.end()
    this.#server.destroy()
  }

  /** From here on nothing reaches the client; when the server has answered, the connection is reset. */
  async loseAnswer(): Promise<void> {
    this.#lost = true
    await this.quiet()
    this.session.end('reset', 'the answer was lost on its way to the client')
    this.reset()
  }

  /** As soon as nobody waits for anything, and whoever waited has had time to go on, says goodbye. */
  dismissIdle(bytes: Buffer): void {
    const look = async (): Promise<void> => {
      while (!this.#gone.signal.aborted && !this.#server.destroyed && !this.session.lost) {
        await this.#until(() => this.session.idle || this.session.lost)
        await new Promise<void>((resolve) => void realSetImmediate(resolve))
        if (!this.session.idle || this.#held) continue
        this.session.server(bytes)
        return this.dismiss(bytes)
      }
    }
    void look()
  }

  /** Resets both sides. */
  reset(): void {
    resetConnection(this.#client)
    resetConnection(this.#server)
  }

  /** What it has said before goes first, even if it has to wait. */
  #clientEnded(): void {
    const end = (): void => this.#toServer.end()
    if (this.#hold?.active) this.#hold.finish().then(end, end)
    else end()
  }

  #clientClosed(): void {
    this.session.end()
    // Whoever has said goodbye leaves in good order; anything else is a reset, if faults let it through.
    if (!this.#server.writableEnded && !this.#client.readableEnded) this.#toServer.reset()
    if (this.#server.closed) this.#closed.resolve()
    this.#gone.abort()
  }

  #until(reached: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ reached: () => reached() || this.#server.destroyed, resolve })
      signal?.addEventListener('abort', () => this.#look(), { once: true })
      this.#look()
    })
  }

  #look(): void {
    const waiters = this.#waiters
    this.#waiters = waiters.filter(({ reached }) => !reached())
    for (const waiter of waiters) if (!this.#waiters.includes(waiter)) waiter.resolve()
  }

  #listen(server: Duplex): void {
    const data = (chunk: Buffer): void => this.#fromServer(server, chunk)
    const end = (): void => this.#toClient.end()
    const close = (): void => {
      if (!server.readableEnded && !this.#dismissed) this.#toClient.reset()
      if (this.#client.closed) this.#closed.resolve()
      this.#look()
    }
    server.on('data', data).on('end', end).on('close', close).on('error', ignore)
    this.#leave = () => void server.off('data', data).off('end', end).off('close', close).off('error', ignore)
    if (server.destroyed) resetConnection(this.#client)
    // Nobody has heard of it, if it happened while somebody else was asking.
    if (server.closed) close()
    server.resume()
  }

  #fromClient(chunk: Buffer): void {
    if (this.#held) {
      this.#held.push(chunk)
      return
    }
    if (chunk.equals(terminate) && this.#part()) return
    let wait: Promise<void> | undefined
    if (this.#hold && (this.#hold.active || this.#faults?.watching)) wait = this.#hold.push(chunk)
    else {
      this.session.client(chunk)
      wait = this.#toServer.write(chunk)
    }
    if (wait) pauseUntil(this.#client, wait)
  }

  /** The client goes, and the server stays, where nothing is under way. */
  #part(): boolean {
    if (!this.#keep || !this.session.idle || this.#hold?.active || this.#faults?.watching) return false
    if (this.#server.destroyed || this.#server.readableEnded) return false
    if (!this.#keep.wanted()) return false
    this.leave()
    this.#server = new Duplex().destroy()
    this.#serverLane = duplexLane(this.#server, this.#gone.signal, ignore)
    this.session.client(terminate)
    this.#toClient.end()
    this.#keep.left()
    return true
  }

  #fromServer(server: Duplex, chunk: Buffer): void {
    const bytes = this.#hold?.rewrite(chunk) ?? chunk
    if (bytes.length === 0) return
    this.session.server(bytes)
    const wait = this.#lost ? undefined : this.#toClient.write(bytes)
    if (this.#waiters.length > 0) this.#look()
    if (wait) pauseUntil(server, wait)
  }
}

function pauseUntil(source: Duplex, wait: Promise<void>): void {
  source.pause()
  const resume = (): void => void source.resume()
  wait.then(resume, resume)
}

function ignore(): void {}
