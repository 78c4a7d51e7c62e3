import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Lane } from './lane.ts'

/** The end of a lane: writes to a connection, as fast as it takes the bytes. */
export function duplexLane(to: Duplex, gone: AbortSignal, reset: () => void): Lane {
  return {
    gone,
    reset,
    write(bytes) {
      if (to.destroyed || to.writableEnded || to.write(bytes)) return undefined
      return once(to, 'drain', { signal: gone }).then(nothing, nothing)
    },
    end: () => void to.end(),
    drain: () => Promise.resolve(),
  }
}

/** Closes a connection with a reset where the wire has one. */
export function resetConnection(connection: Duplex): void {
  try {
    if ('resetAndDestroy' in connection) return void (connection as Socket).resetAndDestroy()
  } catch {
    // A TLS connection has no RST of its own to send.
  }
  connection.destroy()
}

function nothing(): void {}
