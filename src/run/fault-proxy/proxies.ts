import type { Json } from '../../core/json.ts'
import { ApiError } from './api-error.ts'
import { FaultProxy, type ProxyFields, type ProxySettings } from './fault-proxy.ts'
import type { ToxicFields } from './toxic.ts'

/** A proxy as it is asked for, with the toxics that it is to have from its first connection on. */
export interface WantedProxy extends ProxyFields {
  /** Left out: a proxy that is there keeps its own. */
  readonly toxics?: readonly ToxicFields[]
}

/** The proxies of one server by name. What changes them is done one by one. */
export class Proxies {
  readonly #settings: ProxySettings
  readonly #proxies = new Map<string, FaultProxy>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(settings: ProxySettings) {
    this.#settings = settings
  }

  /** @throws ApiError 404 */
  get(name: string): FaultProxy {
    const proxy = this.#proxies.get(name)
    if (!proxy) throw new ApiError(404, 'proxy not found')
    return proxy
  }

  /** Does something to them when nothing else does. */
  change<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  /** @throws ApiError 409 when there is one of that name, and as `FaultProxy.start` */
  async add(wanted: WantedProxy): Promise<FaultProxy> {
    if (this.#proxies.has(wanted.name)) throw new ApiError(409, 'proxy already exists')
    return this.#open(wanted)
  }

  /** Makes or replaces proxies; one that is already as asked for stays open. @throws as {@link add} */
  async populate(all: readonly WantedProxy[], done: FaultProxy[]): Promise<void> {
    for (const wanted of all) {
      const there = this.#proxies.get(wanted.name)
      if (there?.is(wanted)) {
        if (wanted.toxics) {
          there.removeToxics()
          for (const fields of wanted.toxics) there.addToxic(fields)
        }
        done.push(there)
      } else {
        if (there) await this.remove(there)
        done.push(await this.#open(wanted))
      }
    }
  }

  async remove(proxy: FaultProxy): Promise<void> {
    this.#proxies.delete(proxy.name)
    await proxy.stop()
  }

  /** Enables every proxy and removes all toxics. @throws what the first one throws that cannot be opened, at the end */
  async reset(): Promise<void> {
    const all = [...this.#proxies.values()]
    for (const proxy of all) proxy.removeToxics()
    const started = await Promise.allSettled(all.map((proxy) => proxy.start()))
    const failed = started.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  async close(): Promise<void> {
    await this.change(() => Promise.all(this.#proxies.values().map((proxy) => proxy.stop())))
  }

  toJSON(): Json {
    return Object.fromEntries(this.#proxies.values().map((proxy) => [proxy.name, proxy.toJSON()]))
  }

  async #open(wanted: WantedProxy): Promise<FaultProxy> {
    const proxy = new FaultProxy(wanted, this.#settings)
    for (const fields of wanted.toxics ?? []) proxy.addToxic(fields)
    if (wanted.enabled) await proxy.start()
    this.#proxies.set(wanted.name, proxy)
    return proxy
  }
}
