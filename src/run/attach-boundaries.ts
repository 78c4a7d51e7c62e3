import type { Peer } from '../core/peer.ts'
import type { Connect, Protocol } from '../core/protocol.ts'
import { bypass } from '../engine/originals.ts'
import { openConnection } from '../engine/connect.ts'
import { type ProtocolName, protocols } from '../protocols/registry.ts'
import { splitOrigin } from './address-book.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { loadContract } from './load-contract.ts'
import type { LoadedBoundary, LoadedConfig } from './loaded-config.ts'

/** Loads the protocols of a config's boundaries and gives each a way to its real service. */
export async function attachBoundaries({ boundaries, directory }: LoadedConfig): Promise<AttachedBoundary[]> {
  return Promise.all(boundaries.map((boundary) => attach(boundary, directory)))
}

const secure = new Set(['https:', 'tls:'])

async function attach(boundary: LoadedBoundary, directory: string): Promise<AttachedBoundary> {
  const { input } = boundary
  const path = (input as { readonly contract?: string }).contract
  const contract = path === undefined ? undefined : await loadContract(directory, path, boundary.name)
  const options = { ...input, ...(contract && { operations: contract }) }
  const protocol = (await protocols[input.protocol as ProtocolName](options)) as unknown as Protocol<
    AnyQuestion,
    unknown
  >
  const peers = new Map<string, Peer<AnyQuestion, unknown>>()
  return {
    ...boundary,
    protocol,
    operations: contract?.operations,
    live: (origin) => (question, signal) => {
      const alpn = protocol.alpn?.(question) ?? []
      const key = `${origin} ${alpn.join()}`
      let peer = peers.get(key)
      if (!peer) {
        peer = protocol.dial(connectTo(origin, alpn, input.timeoutMs ?? 30_000))
        peers.set(key, peer)
      }
      return peer(question, signal)
    },
  }
}

const never = new AbortController().signal

function connectTo(origin: string, alpn: readonly string[], timeoutMs: number): Connect {
  const { scheme, host, port } = splitOrigin(origin)
  const tls = secure.has(scheme) && { servername: host, alpn }
  const kind = scheme === 'https:' ? 'https' : scheme === 'http:' ? 'http' : 'tcp'
  return () => bypass(() => openConnection({ host, port, timeoutMs, signal: never, scheme: kind, ...(tls && { tls }) }))
}
