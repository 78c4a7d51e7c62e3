import type { Reading, Sign, Unattached } from './evidence.ts'
import { serviceOfCredential } from './known-services.ts'
import { protocolOfScheme } from './network-kinds.ts'
import { isLoopback, isPlaceholderHost, parseAddress } from './parse-address.ts'

/** One variable and where it is set. The value is looked at, and only the host of an address leaves this module. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly where: string
}

/** Reads the variables of an `.env` file. */
export function parseEnvFile(text: string, path: string): readonly Variable[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, value: unquote(raw.trim()), where: `${path}:${at + 1}` }]
  })
}

function unquote(raw: string): string {
  const [, quoted] = /^(["'`])(.*?)\1/.exec(raw) ? [undefined, raw.slice(1, raw.indexOf(raw[0]!, 1))] : []
  return quoted ?? raw.replace(/\s+#.*$/, '')
}

/** Names under which programs keep their own address. */
const ownAddress =
  /^(?:(?:NEXT_|VITE_|REACT_|MY_)?(?:PUBLIC_)?(?:APP|SITE|SELF|PUBLIC|FRONTEND|WEB|NEXTAUTH)_(?:BASE_)?(?:URL|URI|ORIGIN|HOST)|CORS_.*|ALLOWED_.*|.*(?:CALLBACK|REDIRECT|RETURN|SUCCESS|CANCEL|LOGOUT).*)$/
/** Names under which they do so when the address is on this machine. */
const ownLocalAddress = /^(?:(?:BASE|ROOT|SERVER|HOST|CLIENT|AUTH)_(?:URL|URI|ORIGIN|HOST)|URL|ORIGIN|HOST)$/
const forTools = /^(?:https?_proxy|all_proxy|no_proxy|npm_config_.*|registry|pip_.*)$/i

/** Finds boundaries among variables: addresses by their value, known services by the name of a credential. */
export function readVariables(variables: readonly Variable[], kind: 'environment' | 'compose'): Reading {
  const signs: Sign[] = []
  const unattached: Unattached[] = []
  for (const { name, value, where } of variables) {
    if (forTools.test(name)) continue
    const address = parseAddress(value)
    if (!address) {
      const service = serviceOfCredential(name)
      if (service) signs.push({ kind, where, why: `sets ${name}`, service: service.name, weight: 1 })
      continue
    }
    const { scheme, host, origin } = address
    const protocol = protocolOfScheme(scheme)
    const place = `${host}${address.port === undefined ? '' : `:${address.port}`}`
    if (protocol !== undefined) {
      unattached.push({ protocol, address: `${place} (${name})`, where, why: `sets ${name}` })
      continue
    }
    const tcp = scheme === 'tcp' || scheme === 'tls'
    if (scheme !== 'http' && scheme !== 'https' && !(tcp && address.port !== undefined)) continue
    if (ownAddress.test(name) || (isLoopback(host) && ownLocalAddress.test(name))) continue
    if (isPlaceholderHost(host)) {
      const why = `sets ${name}, but only to a placeholder`
      unattached.push({ protocol: tcp ? 'tcp' : 'http', address: name, where, why })
      continue
    }
    signs.push({ kind, where, why: `sets ${name}`, origin, env: name, weight: 1 })
  }
  return { signs, unattached }
}
