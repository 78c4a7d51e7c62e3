import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'
import { firstBytes } from '../core/read-up-to.ts'
import { spokenIn } from '../core/spoken-in.ts'
import type { ClientFirst, WireLink } from '../core/wire.ts'
import type { AcceptTls, TlsIdentity } from './accept-tls.ts'

/** How clients are met that do not simply speak the protocol of a listener. */
export interface ClientDoor {
  /** Speak TLS with clients that want to; left out, they are told to go without. */
  readonly acceptTls?: AcceptTls
  /** Offer TLS also where clients take it up that do not insist on it: they trust who accepts it. */
  readonly offerTls?: boolean
  /** Told of a client that speaks something else, in words for people: `HTTP`. */
  readonly strange?: (spoken: string) => void
}

type MidStream = Pick<WireLink<never, never>, 'acceptTls' | 'offerTls' | 'strange'>

/**
 * Waits for the first bytes of a client that speaks first, and speaks TLS with it if it does.
 *
 * @param first - Left out: the server does, and there is nothing to see here.
 * @returns The connection to go on with; `undefined` when there is none, as the client has gone or was turned away.
 */
export async function greetClient(
  client: Duplex,
  first: ClientFirst | undefined,
  { acceptTls, strange }: ClientDoor,
  signal: AbortSignal,
): Promise<Duplex | undefined> {
  if (!first) return client
  client.on('error', () => {})
  const stop = (): void => void client.destroy()
  signal.addEventListener('abort', stop)
  try {
    let current = client
    for (;;) {
      const bytes = await within(first.withinMs, current, () => strange?.('nothing'))
      const spoken = spokenIn(bytes)
      if (spoken === undefined || spoken === first.speaks) return current
      if (spoken === 'TLS' && acceptTls && current === client) {
        current = await acceptTls(client as Socket, identityOf(client))
      } else {
        strange?.(spoken)
        return void (await turnAway(current, first.turnAway(spoken)))
      }
    }
  } catch {
    return void client.destroy()
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Waits for the first bytes; a client that must speak and does not in time is closed. */
async function within(timeoutMs: number | undefined, client: Duplex, late: () => void): Promise<Buffer> {
  const timer =
    timeoutMs === undefined
      ? undefined
      : realSetTimeout(() => {
          late()
          client.destroy()
        }, timeoutMs)
  timer?.unref()
  try {
    return await firstBytes(client)
  } finally {
    realClearTimeout(timer)
  }
}

/** Resolves when the bytes are on their way: what lies below TLS must not end before. */
function turnAway(client: Duplex, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', resolve).end(bytes, () => resolve())
    client.resume()
  })
}

/** The same for a protocol that agrees on TLS in mid-stream. */
export function midStream({ acceptTls, offerTls, strange }: ClientDoor): MidStream {
  return {
    ...(acceptTls && { acceptTls: (plain: Duplex) => acceptTls(plain as Socket, identityOf(plain)) }),
    ...(offerTls !== undefined && { offerTls }),
    ...(strange && { strange }),
  }
}

/** Whom a client has connected to, when it does not say: the address that it has come to. */
function identityOf(client: Duplex): TlsIdentity {
  return { host: (client as Socket).localAddress ?? '127.0.0.1', alpn: [] }
}
