import type { Peer } from '../core/peer.ts'
import { type ConnectionDecision, openInProcessDoor } from '../engine/in-process.ts'
import { watchOwnServers } from '../engine/own-servers.ts'
import { bypass, originals } from '../engine/originals.ts'
import { createFetch, isHttpUrl } from '../protocols/http/fetch.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { joinOrigin } from './address-book.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { followCallers, noteConnection } from './call-stacks.ts'
import { type Inbound, makeInbound } from './inbound.ts'
import { currentSession, sessionSnapshot } from './current-session.ts'
import type { FormerAddresses } from './former-addresses.ts'
import type { RunContext } from './run-context.ts'
import type { WorkerServers } from './worker-servers.ts'

/**
 * Attaches every boundary to this process: calls of any client reach the session of the test that makes them.
 *
 * @param servers - Where connections to servers of ours go.
 * @param former - By which addresses the program may know them.
 * @returns Closes the door.
 */
export function attachInProcess(
  run: RunContext,
  servers?: () => WorkerServers | undefined,
  former?: FormerAddresses,
): () => void {
  const stop = new AbortController()
  const { addresses, config } = run
  const local = new Set(config.allow)
  const inbound = makeInbound(run.boundaries)
  const ownServers = inbound && watchOwnServers()

  /** Requests of one connection to the program's own server may be webhooks or not. */
  function sort(hooks: Inbound, origin: string): Peer<AnyQuestion, unknown> {
    return (question, signal) => {
      const found = hooks.find((question as unknown as HttpQuestion).url)
      return (found ? askCurrent(found.boundary, origin) : hooks.others(origin))(question, signal)
    }
  }

  function decide(to: { host: string; port: number; tls: boolean }): ConnectionDecision {
    const found = addresses.byHost(to.host, to.port)
    if (found) {
      const { value: boundary, origin } = found
      return {
        serve: (client) => {
          if (boundary.wire) void servers?.()?.carry(boundary, client)
          else void boundary.protocol.serve(client, askCurrent(boundary, origin), { origin, signal: stop.signal })
        },
      }
    }
    const serve = former?.take(to)
    if (serve) return { serve }
    if (inbound && local.has(to.host) && !to.tls && ownServers?.has(to.port)) {
      const origin = joinOrigin('http:', to.host, to.port)
      const place = { origin, signal: stop.signal }
      return { serve: (client) => void inbound.speak(client, sort(inbound, origin), place) }
    }
    if (servers?.()?.addresses.includes(`${to.host}:${to.port}`)) return 'near'
    if (local.has(to.host)) return 'passthrough'
    const refuse = currentSession().unknown(joinOrigin(to.tls ? 'https:' : 'tcp:', to.host, to.port))
    return refuse ? { refuse } : 'passthrough'
  }

  const fetchPeers = new Map<string, Peer<HttpQuestion, HttpReply>>()
  const network: typeof globalThis.fetch = (input, init) => bypass(() => originals.fetch(input, init))
  const fetch = createFetch((url) => {
    if (!isHttpUrl(url)) return undefined
    const hook = inbound?.find(url)
    const found = addresses.byUrl(url) ?? (hook && { value: hook.boundary, origin: hook.origin })
    if (!found) return passes(url)
    const key = `${found.value.name} ${found.origin}`
    let peer = fetchPeers.get(key)
    if (!peer) {
      peer = askCurrent(found.value, found.origin) as unknown as Peer<HttpQuestion, HttpReply>
      fetchPeers.set(key, peer)
    }
    return peer
  }, network)

  function passes(url: string): Error | undefined {
    if (!URL.canParse(url)) return undefined
    const { hostname, origin } = new URL(url)
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    return local.has(host) ? undefined : currentSession().unknown(origin)
  }

  const close = openInProcessDoor({
    connection: decide,
    snapshot: sessionSnapshot,
    connecting: followCallers,
    opened: noteConnection,
    fetch,
  })
  return () => {
    stop.abort()
    ownServers?.close()
    close()
  }
}

/** Asks whichever session is current when the question comes: connections are shared, questions are not. */
function askCurrent(boundary: AttachedBoundary, origin: string): Peer<AnyQuestion, unknown> {
  return (question, signal) => currentSession().peer(boundary, origin, 'in-process')(question, signal)
}
