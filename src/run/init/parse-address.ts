/** Scheme, host and port of an address; what else stands in it, credentials above all, is left out. */
export interface Address {
  /** Without colon, lower case. */
  readonly scheme: string
  readonly host: string
  readonly port: number | undefined
  /** `scheme://host[:port]` */
  readonly origin: string
}

const shape =
  /^((?:jdbc:)?[a-z][a-z0-9+.-]*):\/\/(?:[^/?#\s]*@)?(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(\d{1,5}))?(?:,[^/?#\s]*)?(?=[/?#]|$)/i
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** Reads an address with a host; `undefined` when there is none, or one that is still to be filled in. */
export function parseAddress(text: string): Address | undefined {
  const [, rawScheme, rawHost, rawPort] = shape.exec(text.trim()) ?? []
  if (rawScheme === undefined || rawHost === undefined) return undefined
  const written = rawScheme.toLowerCase()
  const scheme = written === 'ws' ? 'http' : written === 'wss' ? 'https' : written
  const host = rawHost.toLowerCase()
  const number = rawPort === undefined ? undefined : Number(rawPort)
  if (number !== undefined && (number < 1 || number > 65_535)) return undefined
  const port = number === defaultPorts[scheme] ? undefined : number
  const origin = `${scheme}://${host}${port === undefined ? '' : `:${port}`}`
  return { scheme, host, port, origin }
}

/** True for hosts of this machine or of a private network: their services are the team's own, as far as one can tell. */
export function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  if (!name.includes('.') || name.includes(':')) return true
  if (/\.(?:local|localhost|internal|intranet|lan|corp|home|svc|docker)$|\.svc\./.test(name)) return true
  return /^(?:127|10|0)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\./.test(name)
}

/** True for the machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.|^0\.0\.0\.0$|\.localhost$/.test(host)
}

/** True for hosts that only stand for one: `example.com`, `api.test`, `your-domain.com`. */
export function isPlaceholderHost(host: string): boolean {
  return (
    /(?:^|\.)(?:example|test|invalid)(?:\.[a-z]+)?$/.test(host) ||
    /(?:^|[.-])(?:your|my)[-_]?(?:domain|company|host|app|site|org|server|project|account|tenant|instance|shop|store)/.test(
      host,
    ) ||
    /(?:^|\.)(?:foo|bar|baz|changeme|placeholder|xxx+)\.(?:com|org|net|io|dev)$/.test(host)
  )
}
