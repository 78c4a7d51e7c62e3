import type { Duplex } from 'node:stream'
import type { Json } from '../../core/json.ts'
import type { WireLink, WireProtocol } from '../../core/wire.ts'
import { openConnection } from '../../engine/connect.ts'
import { type Listener, openListener } from '../../engine/listener.ts'
import { type WireName, wires } from '../../protocols/wires.ts'
import { type Address, readAddress, resolveHost, writeAddress } from './address.ts'
import { ApiError } from './api-error.ts'
import { relayBytes } from './plain-wire.ts'
import { ProxiedConnection } from './proxied-connection.ts'
import { refuseConnection, refusedLogin } from './refuse-connection.ts'
import { Toxic, type ToxicFields, type ToxicSettings } from './toxic.ts'

/** What a proxy is asked to be. */
export interface ProxyFields {
  readonly name: string
  /** `host:port`; without a host, that of the admin API. */
  readonly listen: string
  readonly upstream: string
  readonly enabled: boolean
  readonly protocol?: WireName
}

/** What all proxies of a server have in common. */
export interface ProxySettings {
  /** Where a proxy listens that names no host. */
  readonly host: string
  /** Of all that is left to chance. */
  readonly seed: number
  /** Milliseconds until a connection to the upstream must be there. */
  readonly connectTimeoutMs: number
  /** Is told that an upstream cannot be reached: once, until it can be again or something else is the matter. */
  readonly warn: (line: string) => void
}

type Relay = (client: Duplex, link: WireLink<never, never>) => Promise<void>

/** A listener that carries connections to an upstream, through its toxics. */
export class FaultProxy {
  readonly name: string
  readonly protocol: WireName | undefined
  readonly #settings: ProxySettings
  /** As it was asked for, and as it was found. */
  #listen: { readonly asked: string; readonly found: string }
  #upstream: string
  #listener: Listener | undefined
  #stopped = new AbortController()
  #toxics: readonly Toxic[] = []
  readonly #connections = new Set<ProxiedConnection>()
  /** Why the upstream could not be reached the last time. */
  #failure: string | undefined

  /** @throws ApiError 400 when an address cannot be read */
  constructor(fields: ProxyFields, settings: ProxySettings) {
    this.name = fields.name
    this.protocol = fields.protocol
    this.#settings = settings
    readAddress(fields.listen, 'listen')
    readAddress(fields.upstream, 'upstream')
    this.#listen = { asked: fields.listen, found: fields.listen }
    this.#upstream = fields.upstream
  }

  get enabled(): boolean {
    return this.#listener !== undefined
  }

  get toxics(): readonly Toxic[] {
    return this.#toxics
  }

  /** Whether it is already what is asked for. */
  is({ listen, upstream, protocol }: Omit<ProxyFields, 'name' | 'enabled'>): boolean {
    return this.#listensAt(listen) && upstream === this.#upstream && protocol === this.protocol
  }

  /**
   * Opens its port, if it is not open.
   *
   * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
   */
  async start(): Promise<void> {
    if (this.#listener) return
    const relay = await relayOf(this.protocol)
    const { host, port } = readAddress(this.#listen.found, 'listen')
    const stopped = new AbortController()
    this.#listener = await openListener({
      host: await resolveHost(host || this.#settings.host),
      port,
      purpose: `the proxy ${this.name}`,
      onConnection: (client) => this.#serve(client, relay, stopped.signal),
    })
    this.#stopped = stopped
    this.#listen = { ...this.#listen, found: writeAddress(this.#listener) }
  }

  /** Closes its port and its connections. */
  async stop(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    this.#stopped.abort()
    await listener?.close()
  }

  /**
   * Changes what is given. Another address drops the connections.
   *
   * @throws as {@link start}, and ApiError 400; it is as before then
   */
  async update({ listen, upstream, enabled }: Partial<ProxyFields>): Promise<void> {
    if (listen !== undefined) readAddress(listen, 'listen')
    if (upstream !== undefined) readAddress(upstream, 'upstream')
    const before = { listen: this.#listen, upstream: this.#upstream, enabled: this.enabled }
    const wanted = enabled ?? before.enabled
    const moves = listen !== undefined && !this.#listensAt(listen)
    if (!wanted || moves || (upstream !== undefined && upstream !== this.#upstream)) await this.stop()
    if (moves) this.#listen = { asked: listen, found: listen }
    this.#upstream = upstream ?? this.#upstream
    try {
      if (wanted) await this.start()
    } catch (error) {
      this.#listen = before.listen
      this.#upstream = before.upstream
      if (before.enabled) await this.start().catch(() => {})
      throw error
    }
  }

  /** In force from the next byte on. @throws ApiError 409 when there is one of that name */
  addToxic(fields: ToxicFields): Toxic {
    if (this.#toxics.some(({ name }) => name === fields.name)) throw new ApiError(409, 'toxic already exists')
    const toxic = new Toxic(fields, this.#settings.seed, this.protocol)
    for (const connection of this.#connections) toxic.meet(connection, false)
    this.#toxics = [...this.#toxics, toxic]
    this.#changed()
    return toxic
  }

  /** @throws ApiError 404 */
  toxic(name: string): Toxic {
    const toxic = this.#toxics.find((one) => one.name === name)
    if (!toxic) throw new ApiError(404, 'toxic not found')
    return toxic
  }

  updateToxic(toxic: Toxic, settings: ToxicSettings): void {
    toxic.update(settings)
    this.#changed()
  }

  /** What it held back is let go; nobody waits for that. */
  removeToxic(toxic: Toxic): void {
    toxic.end()
    this.#toxics = this.#toxics.filter((one) => one !== toxic)
    this.#changed()
  }

  removeToxics(): void {
    for (const toxic of this.#toxics) this.removeToxic(toxic)
  }

  toJSON(): Json {
    const { name, enabled, protocol, toxics } = this
    const shown = ['upstream', 'downstream'].flatMap((stream) => toxics.filter((toxic) => toxic.stream === stream))
    return {
      name,
      listen: this.#listen.found,
      upstream: this.#upstream,
      enabled,
      ...(protocol !== undefined && { protocol }),
      toxics: shown.map((toxic) => toxic.toJSON()),
    }
  }

  #listensAt(listen: string): boolean {
    return listen === this.#listen.asked || listen === this.#listen.found
  }

  #changed(): void {
    for (const connection of this.#connections) connection.go(this.#toxics)
  }

  #unreachable({ message }: Error): void {
    const failure = `proxy ${this.name} cannot reach its upstream ${this.#upstream}: ${message}`
    if (failure !== this.#failure) this.#settings.warn(failure)
    this.#failure = failure
  }

  async #serve(client: Duplex, relay: Relay, signal: AbortSignal): Promise<void> {
    const connection = new ProxiedConnection(client)
    for (const toxic of this.#toxics) toxic.meet(connection, true)
    const full = this.#toxics.find((toxic) => toxic.type.kind === 'admission' && toxic.applies(connection))
    if (full && this.#connections.size >= Number(full.attributes.connections)) {
      full.hit()
      const refusal = refusedLogin(this.protocol)
      if (!refusal) return refuseConnection(client, this.protocol)
      connection.refuse(refusal)
      return relay(client, { connect: () => Promise.reject(new Error('refused')), faults: connection, signal })
    }
    this.#connections.add(connection)
    connection.go(this.#toxics)
    const connect = async (): Promise<Duplex> => {
      const upstream: Address = readAddress(this.#upstream, 'upstream')
      const { connectTimeoutMs: timeoutMs } = this.#settings
      const host = upstream.host || this.#settings.host
      const opening = openConnection({ ...upstream, host, timeoutMs, signal, allowHalfOpen: true })
      const server = await opening.catch((error: Error) => {
        if (!signal.aborted) this.#unreachable(error)
        throw error
      })
      this.#failure = undefined
      connection.connected(server.setNoDelay(true))
      return server
    }
    try {
      await relay(client, { connect, faults: connection, signal })
    } finally {
      this.#connections.delete(connection)
    }
  }
}

async function relayOf(protocol: WireName | undefined): Promise<Relay> {
  if (protocol === undefined) return relayBytes
  // Nothing is recorded, so nobody needs to know what its questions and replies are.
  const wire: Pick<WireProtocol<never, never>, 'relay'> = await wires[protocol]()
  return (client, link) => wire.relay(client, link)
}
