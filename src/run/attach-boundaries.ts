import type { Peer } from '../core/peer.ts'
import type { Connect, Protocol } from '../core/protocol.ts'
import { bypass } from '../engine/originals.ts'
import { openConnection } from '../engine/connect.ts'
import type { WireProtocol } from '../core/wire.ts'
import { loadNotations } from '../protocols/notations.ts'
import { type ProtocolName, protocols } from '../protocols/registry.ts'
import { type WireName, wires } from '../protocols/wires.ts'
import { splitOrigin } from './address-book.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { loadContract } from './load-contract.ts'
import type { LoadedBoundary, LoadedConfig } from './loaded-config.ts'

/**
 * Loads the protocols of a config's boundaries and gives each a way to its real service.
 *
 * @param trustSystem - Trust what the machine trusts, as programs outside of node do.
 */
export async function attachBoundaries(
  { boundaries, directory }: LoadedConfig,
  trustSystem: boolean,
): Promise<AttachedBoundary[]> {
  const attached = await Promise.all(
    boundaries.map((boundary) =>
      Object.hasOwn(protocols, boundary.input.protocol)
        ? attach(boundary, directory, trustSystem)
        : attachWire(boundary),
    ),
  )
  await loadNotations(boundaries.map(({ input }) => input.protocol))
  return attached.filter((boundary) => boundary !== undefined)
}

/** A server that we own is never asked by ourselves: its clients' connections are carried to it. */
async function attachWire(boundary: LoadedBoundary): Promise<AttachedBoundary | undefined> {
  const { protocol } = boundary.input
  if (!Object.hasOwn(wires, protocol)) return undefined
  const wire = (await wires[protocol as WireName]()) as unknown as WireProtocol<AnyQuestion, unknown>
  const live = () => (): never => {
    throw new Error(`the server of ${boundary.name} is carried to, and not asked`)
  }
  return { ...boundary, protocol: wire as unknown as AttachedBoundary['protocol'], wire, operations: undefined, live }
}

const secure = new Set(['https:', 'tls:'])

async function attach(boundary: LoadedBoundary, directory: string, trustSystem: boolean): Promise<AttachedBoundary> {
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
        peer = protocol.dial(connectTo({ origin, alpn, trustSystem, timeoutMs: input.timeoutMs ?? 30_000 }))
        peers.set(key, peer)
      }
      return peer(question, signal)
    },
  }
}

const never = new AbortController().signal

interface Target {
  readonly origin: string
  readonly alpn: readonly string[]
  readonly trustSystem: boolean
  readonly timeoutMs: number
}

function connectTo({ origin, alpn, trustSystem, timeoutMs }: Target): Connect {
  const { scheme, host, port } = splitOrigin(origin)
  const tls = secure.has(scheme) && { servername: host, alpn, trustSystem }
  const kind = scheme === 'https:' ? 'https' : scheme === 'http:' ? 'http' : 'tcp'
  return () =>
    bypass(() =>
      openConnection({
        host,
        port,
        timeoutMs,
        signal: never,
        scheme: kind,
        allowHalfOpen: kind === 'tcp',
        ...(tls && { tls }),
      }),
    )
}
