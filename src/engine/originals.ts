import { AsyncLocalStorage } from 'node:async_hooks'
import net from 'node:net'
import tls from 'node:tls'

/** Node's own ways out of the process, taken when this module loads: before the in-process door replaces any of them. */
export const originals: {
  readonly socketConnect: typeof net.Socket.prototype.connect
  readonly netConnect: typeof net.connect
  readonly tlsConnect: typeof tls.connect
  readonly fetch: typeof globalThis.fetch
} = {
  socketConnect: net.Socket.prototype.connect,
  netConnect: net.connect,
  tlsConnect: tls.connect,
  fetch: globalThis.fetch,
}

const inside = new AsyncLocalStorage<true>()

/** Runs `work`, and all that it starts, past the in-process door: its connections are Mortar's own. */
export function bypass<T>(work: () => T): T {
  return inside.run(true, work)
}

/** Whether the caller runs inside `bypass`. */
export function bypassed(): boolean {
  return inside.getStore() === true
}
