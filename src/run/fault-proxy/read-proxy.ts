import type { Json, JsonObject } from '../../core/json.ts'
import { ApiError, badBody } from './api-error.ts'
import { readAddress } from './address.ts'
import { readObject, refuseUnknown, shortly } from './attributes.ts'
import type { ProxyFields } from './fault-proxy.ts'
import type { WantedProxy } from './proxies.ts'
import { readText, readToxic } from './read-toxic.ts'
import type { ToxicFields } from './toxic.ts'
import { protocolNames } from './toxic-types.ts'

/** What Toxiproxy's clients send; its server shows a `Logger` too, and who dumps its proxies sends that back. */
const proxyKeys = ['name', 'listen', 'upstream', 'enabled', 'protocol', 'toxics', 'Logger']

/**
 * Reads a proxy that is to be made.
 *
 * @param where - Which of several it is, for messages: ` at proxy 2`.
 * @throws ApiError 400
 */
export function readProxy(body: Json, where = ''): WantedProxy {
  const fields = readObject(body, 'a proxy')
  located(() => refuseUnknown(Object.keys(fields), proxyKeys, 'key of a proxy'), where)
  const name = readText(fields, 'name')
  const upstream = readText(fields, 'upstream')
  if (!name) throw new ApiError(400, `missing required field: name${where}`)
  if (!upstream) throw new ApiError(400, `missing required field: upstream${where}`)
  const listen = readText(fields, 'listen') || ':0'
  readAddress(listen, `listen${where}`)
  readAddress(upstream, `upstream${where}`)
  const protocol = readProtocol(fields)
  const { toxics } = fields
  return {
    name,
    listen,
    upstream,
    enabled: readFlag(fields, 'enabled') ?? true,
    ...(protocol !== undefined && { protocol }),
    ...(toxics !== undefined && toxics !== null && { toxics: readToxics(toxics, protocol, name) }),
  }
}

/** Reads what `POST /populate` and the config file hold. @throws ApiError 400 */
export function readProxies(body: Json): readonly WantedProxy[] {
  if (!Array.isArray(body)) throw badBody(`there must be an array of proxies, and there is ${shortly(body)}`)
  const proxies = body.map((one: Json, at) => readProxy(one, ` at proxy ${at + 1}`))
  const names = proxies.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw badBody(`two proxies have the name ${JSON.stringify(twice)}`)
  return proxies
}

/** Reads what is to be changed of a proxy. @throws ApiError 400 */
export function readProxyChange(body: Json, protocol: string | undefined): Partial<ProxyFields> {
  const fields = readObject(body, 'a proxy')
  refuseUnknown(Object.keys(fields), proxyKeys, 'key of a proxy')
  const listen = readText(fields, 'listen')
  const upstream = readText(fields, 'upstream')
  const enabled = readFlag(fields, 'enabled')
  if ((readProtocol(fields) ?? protocol) !== protocol) {
    throw badBody('the protocol of a proxy cannot change; delete it and make another')
  }
  return {
    ...(listen && { listen }),
    ...(upstream && { upstream }),
    ...(enabled !== undefined && { enabled }),
  }
}

function readToxics(toxics: Json, protocol: WantedProxy['protocol'], proxy: string): readonly ToxicFields[] {
  if (!Array.isArray(toxics)) throw badBody(`toxics must be an array, and is ${shortly(toxics)}`)
  const read = toxics.map((toxic: Json, at) =>
    located(() => readToxic(toxic, protocol), `, in ${toxicLabel(toxic, at)} of proxy ${JSON.stringify(proxy)}`),
  )
  const names = read.map(({ name }) => name)
  if (new Set(names).size < names.length) throw new ApiError(409, 'toxic already exists')
  return read
}

function toxicLabel(toxic: Json, at: number): string {
  const { name, type } = (toxic ?? {}) as { readonly name?: Json; readonly type?: Json }
  const label = [name, type].find((one) => typeof one === 'string' && one !== '')
  return `toxic ${label === undefined ? at + 1 : JSON.stringify(label)}`
}

/** Says where it is what an error is about. */
function located<T>(read: () => T, where: string): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(error.status, error.message + where) : error
  }
}

function readProtocol(fields: JsonObject): WantedProxy['protocol'] {
  const protocol = readText(fields, 'protocol')
  if (!protocol || protocol === 'tcp') return undefined
  const known = protocolNames.find((name) => name === protocol)
  if (!known) throw badBody(`unknown protocol ${JSON.stringify(protocol)}; there are ${protocolNames.join(', ')}, tcp`)
  return known
}

function readFlag(fields: JsonObject, name: string): boolean | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw badBody(`${name} must be true or false, and is ${shortly(value)}`)
  return value
}
