import type { Place } from '../../core/protocol.ts'
import { header, type HeaderList } from './message.ts'

const forTheProxy = new Set(['proxy-authorization', 'proxy-connection'])

/**
 * The header lines as the service would get them: without what was meant for the proxy, and with `Host` naming the
 * service where the client was given the address of our listener instead. A name that the client chose itself stays.
 *
 * @param target - The request target as sent; a proxy is asked for whole URLs.
 */
export function askedHeaders(lines: HeaderList, target: string, { origin, address }: Place): HeaderList {
  let asked = lines
  if (target.includes('://')) asked = asked.filter(([name]) => !forTheProxy.has(name.toLowerCase()))
  if (address === undefined) return asked
  const host = header(asked, 'host')
  if (host === undefined || portOf(host) !== portOf(address)) return asked
  const service = origin.slice(origin.indexOf('//') + 2)
  return asked.map((line) => (line[0].toLowerCase() === 'host' ? [line[0], service] : line))
}

/** Containers and tunnels have names of their own for this machine; the port is the listener's in any case. */
function portOf(authority: string): string {
  return authority.slice(authority.lastIndexOf(':') + 1)
}
