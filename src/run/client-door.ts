import { join } from 'node:path'
import type { ErrorCode } from '../core/error-codes.ts'
import { realNow } from '../core/real-clock.ts'
import { type AcceptTls, createTlsAcceptor } from '../engine/accept-tls.ts'
import { openCertificates } from '../engine/certificates.ts'
import type { ClientDoor } from '../engine/client-door.ts'
import type { Door } from '../store/journal-event.ts'
import type { RunContext } from './run-context.ts'

const handshakeMs = 10_000

/**
 * How the listeners of our servers meet clients that speak TLS, or something else altogether: TLS with the test
 * authority, which is made when the first one comes; the journal is told of everything else.
 */
export function clientDoors(run: RunContext, door: Door): (boundary: string) => ClientDoor {
  let accepting: Promise<AcceptTls> | undefined
  const warn = (code: ErrorCode, message: string): void =>
    run.journal.write({ t: 'warning', at: realNow(), code, message }, 'soon')
  const acceptor = async (): Promise<AcceptTls> =>
    createTlsAcceptor(await openCertificates(join(run.config.directory, '.mortar', 'ca')), handshakeMs)
  return (boundary) => ({
    // Programs that we start trust the authority; this process does not know of it.
    offerTls: door !== 'in-process',
    async acceptTls(client, identity) {
      try {
        accepting ??= acceptor()
        return await (
          await accepting
        )(client, identity)
      } catch (error) {
        // OpenSSL's message is full of addresses; its reason is not: `tlsv1 alert unknown ca`.
        const { reason, message } = error as Error & { reason?: string }
        warn('MORTAR_CLIENT_TLS', `${boundary}: the TLS handshake of a client failed: ${reason ?? message}`)
        throw error
      }
    },
    strange: (spoken) => warn('MORTAR_CLIENT_PROTOCOL', `${boundary}: a client spoke ${spoken} to it`),
  })
}
