import { webhookPath } from '../protocols/http/webhook/webhook-path.ts'
import { splitOrigin } from './address-book.ts'
import type { AttachedBoundary } from './attached-boundary.ts'

/** The webhooks that are known by their path, at whatever port of this machine the program listens. */
export interface Inbound {
  /** Whose webhook a URL is, and the origin at which the program listens. */
  find(url: string): { readonly boundary: AttachedBoundary; readonly origin: string } | undefined
  /** Reads the requests of a connection. */
  readonly speak: AttachedBoundary['protocol']['serve']
  /** Asks a program at an origin what is no webhook, as if nobody stood in between. */
  readonly others: AttachedBoundary['live']
}

const thisMachine: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/** @returns `undefined` when no boundary is one. */
export function makeInbound(boundaries: readonly AttachedBoundary[]): Inbound | undefined {
  const hooks = boundaries
    .filter(({ protocol, origins }) => protocol.name === 'webhook' && origins.length === 0)
    .map((boundary) => ({ boundary, matches: webhookPath((boundary.input as { path?: string }).path ?? '') }))
  const [first] = hooks
  if (!first) return undefined
  return {
    find(url) {
      const parsed = URL.parse(url)
      if (!parsed || !thisMachine.has(splitOrigin(parsed.origin).host)) return undefined
      const hook = hooks.find(({ matches }) => matches(parsed.pathname))
      return hook && { boundary: hook.boundary, origin: parsed.origin }
    },
    speak: (client, peer, place) => first.boundary.protocol.serve(client, peer, place),
    others: (origin) => first.boundary.live(origin),
  }
}
