/** Finds which of several named origins an address belongs to. */
export interface AddressBook<T> {
  /** By host and port, whatever the scheme: a socket does not know it yet. Gives the full origin to serve as. */
  byHost(host: string, port: number): { readonly value: T; readonly origin: string } | undefined
  byUrl(url: string): { readonly value: T; readonly origin: string } | undefined
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 }

const loopback = ['localhost', '127.0.0.1', '::1']

interface Entry<T> {
  readonly scheme: string
  readonly port: number
  readonly suffix: string
  readonly value: T
}

/** Indexes origins; `*.example.com` stands for every subdomain and is tried after the exact ones. */
export function makeAddressBook<T>(
  entries: readonly { readonly origins: readonly string[]; readonly value: T }[],
): AddressBook<T> {
  const exact = new Map<string, { value: T; origin: string }>()
  const wildcards: Entry<T>[] = []
  for (const { origins, value } of entries) {
    for (const origin of origins) {
      const { scheme, host, port } = splitOrigin(origin)
      if (host.startsWith('*.')) wildcards.push({ scheme, port, suffix: host.slice(1), value })
      else exact.set(`${host}:${port}`, { value, origin })
    }
  }
  // Clients name this machine in several ways, and mean the same service.
  for (const [key, found] of exact) {
    const at = key.lastIndexOf(':')
    if (!loopback.includes(key.slice(0, at))) continue
    for (const host of loopback) {
      const other = `${host}${key.slice(at)}`
      if (!exact.has(other)) exact.set(other, found)
    }
  }
  function byHost(host: string, port: number): { value: T; origin: string } | undefined {
    const found = exact.get(`${host}:${port}`)
    if (found) return found
    const wildcard = wildcards.find((entry) => entry.port === port && host.endsWith(entry.suffix))
    return wildcard && { value: wildcard.value, origin: joinOrigin(wildcard.scheme, host, port) }
  }
  const urls = new Map<string, { value: T; origin: string } | undefined>()
  return {
    byHost,
    byUrl(url) {
      const path = url.indexOf('/', 8)
      const base = path < 0 ? url : url.slice(0, path)
      if (urls.has(base)) return urls.get(base)
      const found = URL.canParse(base) ? lookUp(new URL(base)) : undefined
      if (urls.size < 10_000) urls.set(base, found)
      return found
    },
  }
  function lookUp(url: URL): { value: T; origin: string } | undefined {
    return byHost(bare(url.hostname), Number(url.port) || (defaultPorts[url.protocol] ?? 0))
  }
}

/** Scheme with colon, host without brackets, port with the scheme's default filled in. */
export function splitOrigin(origin: string): { scheme: string; host: string; port: number } {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:)\/\/(.*)$/i.exec(origin) ?? []
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(rest) ?? []
  return {
    scheme: scheme.toLowerCase(),
    host: bare(host.toLowerCase()),
    port: Number(port) || (defaultPorts[scheme] ?? 0),
  }
}

/** The reverse of {@link splitOrigin}; a default port is left out. */
export function joinOrigin(scheme: string, host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${scheme}//${name}${defaultPorts[scheme] === port ? '' : `:${port}`}`
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
