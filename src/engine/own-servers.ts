import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The HTTP servers that this process has opened. */
export interface OwnServers {
  /** Whether one of them listens there. */
  has(port: number): boolean
  close(): void
}

const channel = 'tracing:net.server.listen:asyncEnd'

/** Takes down which HTTP servers this process opens from now on. */
export function watchOwnServers(): OwnServers {
  const servers = new Set<WeakRef<Server>>()
  const hear = (told: unknown): void => {
    const { server } = told as { readonly server?: unknown }
    if (server instanceof Server) servers.add(new WeakRef(server))
  }
  subscribe(channel, hear)
  return {
    has(port) {
      for (const known of servers) {
        const server = known.deref()
        if (!server?.listening) servers.delete(known)
        else if ((server.address() as AddressInfo | null)?.port === port) return true
      }
      return false
    },
    close: () => unsubscribe(channel, hear),
  }
}
