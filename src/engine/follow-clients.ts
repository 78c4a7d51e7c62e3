import { registerHooks } from 'node:module'
import type { Callers, Methods } from './follow-calls.ts'
import { knownClients } from './known-clients.ts'

const key = Symbol.for('mortar.follow-clients')
const shared = globalThis as { [key]?: (client: number, loaded: unknown) => void }

/**
 * Follows clients that ask later than they are called: by a connection they wait for, or with what else there is to
 * write. Each is known by a class in one of its files, to which it is applied when that is loaded; one that looks
 * different from what is known is left alone.
 */
export function followClients(callers: Callers): void {
  if (shared[key]) return
  shared[key] = (client, loaded) => {
    if (typeof loaded === 'function') knownClients[client]?.follow(loaded.prototype as Methods, callers)
  }
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const at = url.includes('/node_modules/') ? knownClients.findIndex(({ file }) => file.test(url)) : -1
      const { source } = loaded
      if (at < 0 || source === undefined || source === null) return loaded
      const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString()
      const { className } = knownClients[at]!
      const told = `typeof ${className} === 'undefined' ? undefined : ${className}`
      return { ...loaded, source: `${text}\n;globalThis[Symbol.for('mortar.follow-clients')]?.(${at}, ${told});` }
    },
  })
}
