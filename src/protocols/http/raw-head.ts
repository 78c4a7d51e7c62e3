import type { HeaderList } from './message.ts'
import { nodeHttp } from './node-http.ts'

/** A status line and header lines as HTTP/1.1 text, latin1. */
export function rawHead(status: number, reason: string, headers: HeaderList): string {
  let head = `HTTP/1.1 ${status} ${reason || (nodeHttp.STATUS_CODES[status] ?? '')}\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  return `${head}\r\n`
}

/** Node's flat list of names and values as pairs. */
export function headerPairs(flat: readonly string[]): HeaderList {
  const pairs: (readonly [string, string])[] = []
  for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index]!, flat[index + 1]!])
  return pairs
}
