// As a whole: an older node, which a command may start besides, lacks one of the names.
import module from 'node:module'
import type { Callers, Methods } from './follow-calls.ts'
import { knownClients } from './known-clients.ts'

interface Clients {
  /** Set once calls are followed. */
  callers?: Callers
  /** Which known client, and its class, in the order in which they were loaded. */
  readonly met: (readonly [number, Methods])[]
  meet(client: number, loaded: unknown): void
}

const key = Symbol.for('mortar.clients')
const shared = globalThis as { [key]?: Clients }

/** Takes note of clients that are loaded from now on. */
export function noteClients(): Clients {
  if (shared[key]) return shared[key]
  const clients: Clients = (shared[key] = {
    met: [],
    meet(client, loaded) {
      if (typeof loaded !== 'function') return
      const methods = loaded.prototype as Methods
      clients.met.push([client, methods])
      if (clients.callers) knownClients[client]?.follow(methods, clients.callers)
    },
  })
  module.registerHooks?.({
    load(url, context, next) {
      const loaded = next(url, context)
      const at = url.includes('/node_modules/') ? knownClients.findIndex(({ file }) => file.test(url)) : -1
      const { source } = loaded
      if (at < 0 || source === undefined || source === null) return loaded
      const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString()
      const { className } = knownClients[at]!
      const told = `typeof ${className} === 'undefined' ? undefined : ${className}`
      return { ...loaded, source: `${text}\n;globalThis[Symbol.for('mortar.clients')]?.meet(${at}, ${told});` }
    },
  })
  return clients
}

/**
 * Follows clients that ask later than they are called: by a connection they wait for, or with what else there is to
 * write. Each is known by a class in one of its files; one that looks different from what is known is left alone.
 */
export function followClients(callers: Callers): void {
  const clients = noteClients()
  if (clients.callers) return
  clients.callers = callers
  for (const [client, methods] of clients.met) knownClients[client]?.follow(methods, callers)
}
