/** Where a client of the proxy wants to go, as far as the head of its request says. */
export interface ProxyRequest {
  /** Name or address in lower case, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /**
   * After CONNECT it is `https`, or `http` for port 80, until the client's first bytes show another one: `http` for a
   * request in the clear, `tcp` for neither.
   */
  readonly scheme: 'http' | 'https' | 'tcp'
  /** The user part of `Proxy-Authorization: Basic`. */
  readonly credential: string | undefined
}

/** A request to the proxy and how it was made. */
export interface ParsedHead {
  readonly request: ProxyRequest
  /** True for CONNECT; else the request is in absolute form and has a body of its own. */
  readonly connect: boolean
}

/** Reads the head of the first request on a connection. @returns What is wrong with it, if it is no proxy request. */
export function parseProxyHead(head: Buffer): ParsedHead | string {
  const lines = head.toString('latin1').split('\r\n')
  const [, method, target] = /^([!-~]+) ([!-~]+) HTTP\/1\.[01]$/.exec(lines[0] ?? '') ?? []
  if (!method || !target) return `not a request line of HTTP/1: ${JSON.stringify((lines[0] ?? '').slice(0, 80))}`
  const credential = basicUser(lines.find((line) => /^proxy-authorization:/i.test(line)))
  const connect = method === 'CONNECT'
  const address = connect ? authority(target) : absolute(target)
  if (!address)
    return connect
      ? `CONNECT needs host:port, not ${JSON.stringify(target.slice(0, 80))}`
      : `the address must be absolute (http://host/path), not ${JSON.stringify(target.slice(0, 80))}`
  return { request: { ...address, credential }, connect }
}

/** The head without the lines that are meant for the proxy. */
export function withoutProxyLines(head: Buffer): Buffer {
  const text = head.toString('latin1')
  const kept = text.replace(/\r\nproxy-(?:authorization|connection):[^\r]*/gi, '')
  return kept.length === text.length ? head : Buffer.from(kept, 'latin1')
}

/**
 * An absolute-form head as an origin server expects it. The connection is to end with the answer, since the client may
 * mean its next request for another host.
 */
export function asOriginForm(head: Buffer): Buffer {
  const text = head
    .toString('latin1')
    .replace(/^(\S+) https?:\/\/[^/?# ]*(\S*)/i, (_all, method: string, path: string) => {
      return `${method} ${path.startsWith('/') ? path : `/${path}`}`
    })
  const closing = /\r\nupgrade:/i.test(text)
    ? text
    : text.replace(/\r\n(?:connection|keep-alive):[^\r]*/gi, '').replace('\r\n', '\r\nConnection: close\r\n')
  return Buffer.from(closing, 'latin1')
}

/** The origin of a request: `https://host`, with its port where that is not the scheme's own. */
export function originOf({ scheme, host, port }: ProxyRequest): string {
  const name = host.includes(':') ? `[${host}]` : host
  const usual = scheme === 'https' ? 443 : scheme === 'http' ? 80 : undefined
  return `${scheme}://${name}${port === usual ? '' : `:${port}`}`
}

type Address = Omit<ProxyRequest, 'credential'>

function authority(target: string): Address | undefined {
  const [, bracketed, name, digits] = /^(?:\[([\da-f:.]+)\]|([^:/?#@[\]]+)):(\d{1,5})$/i.exec(target) ?? []
  const host = (bracketed ?? name)?.toLowerCase()
  const port = Number(digits)
  if (!host || !(port >= 1 && port <= 65_535)) return undefined
  return { host, port, scheme: port === 80 ? 'http' : 'https' }
}

function absolute(target: string): Address | undefined {
  const url = URL.parse(target)
  const scheme = url?.protocol === 'http:' ? 'http' : url?.protocol === 'https:' ? 'https' : undefined
  if (!url || !scheme) return undefined
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (scheme === 'https' ? 443 : 80),
    scheme,
  }
}

function basicUser(line: string | undefined): string | undefined {
  const encoded = line && /^[^:]+:\s*basic\s+([\w+/=-]+)\s*$/i.exec(line)?.[1]
  return encoded ? Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)[0] || undefined : undefined
}
