import { listenForWire } from '../../engine/wire-listener.ts'
import { postgresWire } from '../../protocols/postgres/postgres-wire.ts'
import type { Isolated } from '../isolation.ts'
import type { PostgresIsolateOptions } from './isolate.ts'
import { postgresAddress, urlAt } from './postgres-address.ts'

/** Listens before the server's own database, which keeps what tests write. @throws MortarError `MORTAR_PORT_IN_USE` */
export async function openPlain({ url, port, recorder, faults, clients }: PostgresIsolateOptions): Promise<Isolated> {
  const { tls, ...target } = postgresAddress(url)
  const listener = await listenForWire({
    wire: postgresWire(),
    target,
    purpose: 'the address of the test database',
    recorder,
    faults,
    ...clients,
    ...(port !== undefined && { port }),
    ...(tls && { tls }),
  })
  return {
    url: urlAt(url, listener),
    direct: url,
    shared: true,
    next: () => Promise.resolve([]),
    close: () => listener.close(),
  }
}
