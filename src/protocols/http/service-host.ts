import { authorityOf } from './hop-by-hop.ts'
import { header, type HeaderList } from './message.ts'

const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(?::\d+)?$/i

/**
 * Names the service in `Host` where a client named the listener that it was told to use: servers choose by `Host`
 * what they answer. A name that the client chose itself stays.
 */
export function namedForService(headers: HeaderList, url: string): HeaderList {
  const host = header(headers, 'host')
  if (host === undefined || !local.test(host)) return headers
  const authority = authorityOf(url)
  if (authority === host) return headers
  return headers.map((line) => (line[0].toLowerCase() === 'host' ? [line[0], authority] : line))
}
