import type { Destination } from './memory-socket.ts'

/**
 * Reads where `connect` is asked to go from any of its call forms: `(port, host?)`, `(options)`, `(path)`, and the
 * normalised `[options, callback]` that node passes to itself.
 *
 * @returns `undefined` for pipes and anything else that is not a host and port.
 */
export function connectionTarget(args: readonly unknown[], tls = false): Destination | undefined {
  const list = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  const [first, second] = list
  if (typeof first === 'object' && first !== null) {
    const options = first as {
      host?: unknown
      hostname?: unknown
      servername?: unknown
      port?: unknown
      path?: unknown
    }
    // https hands its request options on, where `path` is the URL's; a pipe has no port.
    if (options.port === undefined || options.port === null) return undefined
    const host = options.host ?? options.hostname ?? options.servername
    return target(host, options.port, tls)
  }
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) return target(second, first, tls)
  return undefined
}

function target(host: unknown, port: unknown, tls: boolean): Destination {
  return { host: typeof host === 'string' && host ? host.toLowerCase() : 'localhost', port: Number(port), tls }
}
