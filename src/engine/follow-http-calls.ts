import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Has every request of `node:http` and `node:https` be made within `around`: a client writes it later, when it has a
 * connection, and then nobody can say any more who has called.
 */
export function followHttpCalls(around: <T>(call: () => T) => T): void {
  for (const module of [http, https]) {
    for (const name of ['request', 'get'] as const) {
      const original = module[name] as (...args: unknown[]) => http.ClientRequest
      const followed = function (this: unknown, ...args: unknown[]): http.ClientRequest {
        return around(() => Reflect.apply(original, this, args))
      }
      Object.assign(module, { [name]: followed })
    }
  }
  syncBuiltinESMExports()
}
