import type { Duplex } from 'node:stream'

/** Ends a connection as a service does that fell over: TCP's RST where there is TCP, else without a goodbye. */
export function resetConnection(client: Duplex): void {
  const socket = client as Duplex & { resetAndDestroy?: () => void }
  try {
    if (socket.resetAndDestroy) return socket.resetAndDestroy()
  } catch {
    // A TLS connection has no RST of its own to send.
  }
  client.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
}
