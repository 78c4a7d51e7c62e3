import type { Json } from '../../core/json.ts'
import { ApiError } from './api-error.ts'
import type { FaultProxy } from './fault-proxy.ts'
import type { Proxies } from './proxies.ts'
import { readProxies, readProxy, readProxyChange } from './read-proxy.ts'
import { readSettings, readToxic } from './read-toxic.ts'

/** The version of Toxiproxy's API that is spoken here, as clients ask for it. */
const version = '2.12.0'

/** A request to the admin API. */
export interface ApiRequest {
  readonly method: string
  /** Parts of the path, decoded: `proxies`, `orders`, `toxics`. */
  readonly path: readonly string[]
  /** @throws ApiError 400 when the body is no JSON */
  readonly body: () => Promise<Json>
}

/** What is answered; without a body, nothing but the status. */
export interface ApiAnswer {
  readonly status: number
  readonly body?: Json
}

type Handler = (body: ApiRequest['body']) => ApiAnswer | Promise<ApiAnswer>
type Methods = Readonly<Record<string, Handler>>

/**
 * Answers a request to the admin API.
 *
 * @throws ApiError 400, 404, 405, 409; and what `FaultProxy.start` throws
 */
export async function answerApi(proxies: Proxies, { method, path, body }: ApiRequest): Promise<ApiAnswer> {
  const methods = route(proxies, path)
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (!handler) throw new ApiError(405, `method not allowed; there are ${Object.keys(methods).join(', ')}`)
  return handler(body)
}

function route(proxies: Proxies, [first, name, third, toxicName, ...rest]: readonly string[]): Methods {
  if (rest.length > 0) throw notFound()
  if (name === undefined) {
    if (first === 'proxies') return allProxies(proxies)
    if (first === 'version') return { GET: () => ({ status: 200, body: { version } }) }
    if (first === 'populate') return { POST: (body) => populate(proxies, body) }
    if (first === 'reset') return { POST: () => proxies.change(() => proxies.reset()).then(() => ({ status: 204 })) }
  }
  if (first !== 'proxies' || !name) throw notFound()
  if (third === undefined) return oneProxy(proxies, name)
  if (third !== 'toxics' || toxicName === '') throw notFound()
  return toxicName === undefined ? allToxics(proxies, name) : oneToxic(proxies, name, toxicName)
}

function allProxies(proxies: Proxies): Methods {
  return {
    GET: () => ({ status: 200, body: proxies.toJSON() }),
    POST: async (body) => {
      const wanted = readProxy(await body())
      const proxy = await proxies.change(() => proxies.add(wanted))
      return { status: 201, body: proxy.toJSON() }
    },
  }
}

async function populate(proxies: Proxies, body: ApiRequest['body']): Promise<ApiAnswer> {
  const wanted = readProxies(await body())
  const done: FaultProxy[] = []
  await proxies.change(() => proxies.populate(wanted, done))
  return { status: 201, body: { proxies: done.map((proxy) => proxy.toJSON()) } }
}

function oneProxy(proxies: Proxies, name: string): Methods {
  const update: Handler = (body) =>
    changed(proxies, name, body, async (proxy, change) => {
      await proxy.update(readProxyChange(change, proxy.protocol))
      return proxy.toJSON()
    })
  return {
    GET: () => ({ status: 200, body: proxies.get(name).toJSON() }),
    POST: update,
    PATCH: update,
    DELETE: async () => {
      await proxies.change(() => proxies.remove(proxies.get(name)))
      return { status: 204 }
    },
  }
}

function allToxics(proxies: Proxies, name: string): Methods {
  return {
    GET: () => ({ status: 200, body: (proxies.get(name).toJSON() as { readonly toxics: Json }).toxics }),
    POST: (body) =>
      changed(proxies, name, body, (proxy, toxic) => proxy.addToxic(readToxic(toxic, proxy.protocol)).toJSON()),
  }
}

function oneToxic(proxies: Proxies, name: string, toxicName: string): Methods {
  const update: Handler = (body) =>
    changed(proxies, name, body, (proxy, change) => {
      const toxic = proxy.toxic(toxicName)
      proxy.updateToxic(toxic, readSettings(change, toxic, proxy.protocol))
      return toxic.toJSON()
    })
  return {
    GET: () => ({ status: 200, body: proxies.get(name).toxic(toxicName).toJSON() }),
    POST: update,
    PATCH: update,
    DELETE: async () => {
      await proxies.change(() => {
        const proxy = proxies.get(name)
        proxy.removeToxic(proxy.toxic(toxicName))
      })
      return { status: 204 }
    },
  }
}

async function changed(
  proxies: Proxies,
  name: string,
  body: ApiRequest['body'],
  work: (proxy: FaultProxy, body: Json) => Json | Promise<Json>,
): Promise<ApiAnswer> {
  proxies.get(name)
  const given = await body()
  return { status: 200, body: await proxies.change(() => work(proxies.get(name), given)) }
}

function notFound(): ApiError {
  return new ApiError(404, 'not found')
}
