import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'

/** Node's own ways out of the process, taken when this module loads: before the in-process door replaces any of them. */
export const originals: {
  readonly socketConnect: typeof net.Socket.prototype.connect
  readonly netConnect: typeof net.connect
  readonly tlsConnect: typeof tls.connect
  readonly fetch: typeof globalThis.fetch
  readonly httpAgent: typeof http.Agent
  readonly httpsAgent: typeof https.Agent
  readonly httpRequest: typeof http.request
  readonly httpsRequest: typeof https.request
} = {
  socketConnect: net.Socket.prototype.connect,
  netConnect: net.connect,
  tlsConnect: tls.connect,
  fetch: globalThis.fetch,
  httpAgent: http.Agent,
  httpsAgent: https.Agent,
  httpRequest: http.request,
  httpsRequest: https.request,
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
