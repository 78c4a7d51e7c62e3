import type { PostgresBoundaryOptions } from '../../protocols/postgres/boundary.ts'
import type { PostgresQuestion, PostgresReply } from '../../protocols/postgres/message.ts'
import type { Isolate, Isolated, IsolateOptions } from '../isolation.ts'
import { openIsolation } from './isolation.ts'
import { isolateByPin } from './isolate-by-pin.ts'
import { isolateByTruncate } from './isolate-by-truncate.ts'
import { leftOver } from './left-over.ts'
import { migrationsOf } from './migrations-of.ts'
import { openPlain } from './plain.ts'
import { postgresAddress, urlAt, urlOfDatabase } from './postgres-address.ts'
import { ensureTemplate } from './template.ts'

/** What is needed to isolate at one PostgreSQL server. */
export type PostgresIsolateOptions = IsolateOptions<PostgresBoundaryOptions, PostgresQuestion, PostgresReply>

/**
 * Opens the address of one worker at one PostgreSQL server, in the way that the boundary names.
 *
 * @throws MortarError `MORTAR_POSTGRES_FAILED`, `MORTAR_MIGRATION_FAILED`, `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export const isolatePostgres: Isolate<PostgresBoundaryOptions, PostgresQuestion, PostgresReply> = (options) => {
  switch (options.input.isolation ?? 'swap') {
    case 'none':
      return openPlain(options)
    case 'pin':
      return isolateByPin(options)
    case 'truncate':
      return isolateByTruncate(options)
    case 'swap':
      return isolateBySwap(options)
  }
}

async function isolateBySwap(options: PostgresIsolateOptions): Promise<Isolated> {
  const { url, input, port, recorder, faults, clients } = options
  const { graceMs } = input
  // Sessions of ours in the application's own database would stand in the way of copying it.
  const server = { ...postgresAddress(url), database: 'postgres' }
  const template = await ensureTemplate(server, migrationsOf(options))
  const isolation = await openIsolation({
    server,
    template: template.name,
    recorder,
    faults,
    ...(clients && { clients }),
    ...(port !== undefined && { port }),
    ...(graceMs !== undefined && { graceMs }),
  })
  return {
    url: urlAt(url, isolation),
    get direct() {
      return urlOfDatabase(url, isolation.database)
    },
    next: async (ended) => (await isolation.next(ended)).leftBehind.map(leftOver),
    close: () => isolation.close(),
  }
}
