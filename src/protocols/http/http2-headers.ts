import type { OutgoingHttpHeaders } from 'node:http2'
import type { HeaderList } from './message.ts'

// Flat lists, which keep repetition and order, came with Node 24.7; before it, order between repeated names is lost.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const takesFlatLists = major > 24 || (major === 24 && minor >= 7)

/** Header lines, pseudo-headers first, in the form that node's `respond` and `request` take. */
export function http2Block(lines: HeaderList): OutgoingHttpHeaders {
  return takesFlatLists ? (lines.flat() as unknown as OutgoingHttpHeaders) : http2Object(lines)
}

/** Header lines as an object, repeated names as arrays. */
export function http2Object(lines: HeaderList): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of lines) {
    const seen = headers[name]
    if (seen === undefined) headers[name] = value
    else if (Array.isArray(seen)) seen.push(value)
    else headers[name] = [seen, value]
  }
  return headers
}
