import type { Peer } from '../core/peer.ts'
import { type ConnectionDecision, openInProcessDoor } from '../engine/in-process.ts'
import { bypass, originals } from '../engine/originals.ts'
import { createFetch, isHttpUrl } from '../protocols/http/fetch.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { joinOrigin } from './address-book.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import { currentSession, sessionSnapshot } from './current-session.ts'
import type { RunContext } from './run-context.ts'
import type { WorkerServers } from './worker-servers.ts'

/**
 * Attaches every boundary to this process: calls of any client reach the session of the test that makes them.
 *
 * @param servers - Where connections to servers of ours go.
 * @returns Closes the door.
 */
export function attachInProcess(run: RunContext, servers?: () => WorkerServers | undefined): () => void {
  const stop = new AbortController()
  const { addresses, config } = run
  const local = new Set(config.allow)

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
    if (local.has(to.host)) return 'passthrough'
    const refuse = currentSession().unknown(joinOrigin(to.tls ? 'https:' : 'tcp:', to.host, to.port))
    return refuse ? { refuse } : 'passthrough'
  }

  const fetchPeers = new Map<string, Peer<HttpQuestion, HttpReply>>()
  const network: typeof globalThis.fetch = (input, init) => bypass(() => originals.fetch(input, init))
  const fetch = createFetch((url) => {
    if (!isHttpUrl(url)) return undefined
    const found = addresses.byUrl(url)
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

  const close = openInProcessDoor({ connection: decide, snapshot: sessionSnapshot, fetch })
  return () => {
    stop.abort()
    close()
  }
}

/** Asks whichever session is current when the question comes: connections are shared, questions are not. */
function askCurrent(boundary: AttachedBoundary, origin: string): Peer<AnyQuestion, unknown> {
  return (question, signal) => currentSession().peer(boundary, origin, 'in-process')(question, signal)
}
