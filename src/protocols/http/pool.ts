import type { ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { nodeHttp } from './node-http.ts'

interface MaybeSocket extends Duplex {
  setKeepAlive?(on: boolean, delayMs: number): unknown
  unref?(): unknown
  ref?(): unknown
}

type Opened = (error: Error | null, connection?: Duplex) => void

// Below the 5 s after which common servers drop an idle connection without a word.
const idleMs = 4000

/** Keeps connections to a service for the next question. They are opened by `connect`, never by this. */
export class Pool extends nodeHttp.Agent {
  readonly #connect: () => Promise<Duplex>

  constructor(connect: () => Promise<Duplex>, keepAlive: boolean) {
    super({ keepAlive, timeout: idleMs })
    this.#connect = connect
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, connection: Duplex) => void,
  ): Duplex | undefined {
    void this.#open(callback as Opened)
    return undefined
  }

  async #open(opened: Opened): Promise<void> {
    try {
      opened(null, await this.#connect())
    } catch (error) {
      opened(error as Error)
    }
  }

  override getName(): string {
    return 'service'
  }

  override keepSocketAlive(connection: Duplex): boolean {
    const socket = connection as MaybeSocket
    if (!socket.setKeepAlive) return true
    return super.keepSocketAlive(connection) as unknown as boolean
  }

  override reuseSocket(connection: Duplex, request: ClientRequest): void {
    const socket = connection as MaybeSocket
    // Node takes away here what it put on the idle connection; without it the first byte of the answer ends it.
    socket.ref ??= () => socket
    super.reuseSocket(connection, request)
  }
}
