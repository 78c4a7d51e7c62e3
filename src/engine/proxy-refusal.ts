import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'

/** How long a refused client may go on sending before it is cut off, milliseconds. */
const lingerMs = 2_000

/**
 * Answers a request of a client with an error and ends the connection. The error's code stands in the reason, which
 * is all that some clients show of a refused CONNECT, and in `x-mortar-error`; its text is the body.
 */
export function refuseClient(client: Duplex, status: number, error: Error): void {
  if (client.destroyed || client.writableEnded) return
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const body = Buffer.from(`${MortarError.is(error) ? error.toString() : error.message}\n`)
  client.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${status} ${printable(`${STATUS_CODES[status] ?? 'Refused'} (${code})`)}\r\n` +
          `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
          `X-Mortar-Error: ${printable(MortarError.is(error) ? `${code} ${error.reason}` : `${code} ${error.message}`)}\r\nConnection: close\r\n\r\n`,
        'latin1',
      ),
      body,
    ]),
  )
  // Closing while the client still sends would reset the connection, and the answer would be lost.
  client.resume()
  const timer = realSetTimeout(() => client.destroy(), lingerMs)
  client.once('close', () => realClearTimeout(timer))
  client.once('end', () => realClearTimeout(timer))
}

/** The status for a decision's error: 502 where the fault is the service's, else 403. */
export function statusOf(error: Error): 403 | 502 {
  const code = 'code' in error ? anyText(error.code) : ''
  return MortarError.is(error) && !code.startsWith('MORTAR_UPSTREAM_') ? 403 : code ? 502 : 403
}

function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]/g, '?')
    .slice(0, 500)
}
