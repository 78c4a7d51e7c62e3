/** What the user's own environment says about proxies, as it was before Mortar put its own proxy there. */
export interface UpstreamProxies {
  /** URL of the proxy for plain HTTP. */
  readonly http: string | undefined
  /** URL of the proxy for TLS. */
  readonly https: string | undefined
  /** Hosts reached directly, as in `NO_PROXY`: `example.com`, `.example.com`, `10.1.2.3`, `host:8080`, `*`. */
  readonly none: readonly string[]
}

/** Hands the user's own settings on to child processes, whose `HTTPS_PROXY` is ours. */
export const upstreamVariables = {
  http: 'MORTAR_UPSTREAM_HTTP_PROXY',
  https: 'MORTAR_UPSTREAM_HTTPS_PROXY',
  none: 'MORTAR_UPSTREAM_NO_PROXY',
} as const

/** Reads the user's proxies from `env`; what an outer Mortar handed on has precedence. */
export function upstreamProxies(env: NodeJS.ProcessEnv): UpstreamProxies {
  const handedOn = upstreamVariables.https in env
  const read = (own: string, name: string): string | undefined =>
    (handedOn ? env[own] : (env[name.toLowerCase()] ?? env[name])) || undefined
  return {
    http: read(upstreamVariables.http, 'HTTP_PROXY'),
    https: read(upstreamVariables.https, 'HTTPS_PROXY'),
    none: (read(upstreamVariables.none, 'NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean),
  }
}

/** The proxy for a destination, if it is not reached directly. This machine always is. */
export function upstreamProxyFor(
  proxies: UpstreamProxies,
  scheme: 'http' | 'https' | 'tcp',
  host: string,
  port: number,
): URL | undefined {
  const address = scheme === 'tcp' ? undefined : proxies[scheme]
  if (!address || isLoopback(host) || proxies.none.some((rule) => excludes(rule, host, port))) return undefined
  return new URL(address.includes('://') ? address : `http://${address}`)
}

/** Whether a host is this machine: `localhost`, `127.x.y.z`, `::1`. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[?::1\]?|\[?::ffff:127(?:\.\d+){3}\]?)$/i.test(host)
}

/** Whether a rule of `NO_PROXY` covers a host; without a port, at any of its ports. */
export function excludes(rule: string, host: string, port?: number): boolean {
  if (rule === '*') return true
  const [, name = '', rulePort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(rule.toLowerCase()) ?? []
  if (rulePort && port !== undefined && !name.includes(':') && Number(rulePort) !== port) return false
  const bare = name.replace(/^\*?\./, '')
  const wanted = host.toLowerCase()
  return wanted === bare || wanted.endsWith(`.${bare}`)
}
