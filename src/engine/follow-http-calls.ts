import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { holdAnswer } from './held-connections.ts'
import { bypassed } from './originals.ts'

/**
 * Has every request of `node:http` and `node:https` be made within `around`: a client writes it later, when it has a
 * connection, and then nobody can say any more who has called. Of each it is noted until when its answer comes in.
 */
export function followHttpCalls(around: <T>(call: () => T) => T): void {
  for (const module of [http, https]) {
    for (const name of ['request', 'get'] as const) {
      const original = module[name] as (...args: unknown[]) => http.ClientRequest
      const followed = function (this: unknown, ...args: unknown[]): http.ClientRequest {
        const request = around(() => Reflect.apply(original, this, args))
        if (!bypassed()) holdAnswer(request)
        return request
      }
      Object.assign(module, { [name]: followed })
    }
  }
  syncBuiltinESMExports()
}
