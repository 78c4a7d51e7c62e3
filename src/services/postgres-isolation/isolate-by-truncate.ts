import type { Isolated } from '../isolation.ts'
import type { PostgresIsolateOptions } from './isolate.ts'
import { leftOver } from './left-over.ts'
import { migrationsOf } from './migrations-of.ts'
import { postgresAddress, urlAt, urlOfDatabase } from './postgres-address.ts'
import { ensureTemplate } from './template.ts'
import { openTruncate } from './truncate.ts'

/** One clone for the worker, in which what a test wrote is put back. */
export async function isolateByTruncate(options: PostgresIsolateOptions): Promise<Isolated> {
  const { url, input, port, recorder, faults, clients } = options
  const { graceMs } = input
  const server = { ...postgresAddress(url), database: 'postgres' }
  const template = await ensureTemplate(server, migrationsOf(options))
  const truncate = await openTruncate({
    server,
    template: template.name,
    recorder,
    faults,
    ...(clients && { clients }),
    ...(port !== undefined && { port }),
    ...(graceMs !== undefined && { graceMs }),
  })
  return {
    url: urlAt(url, truncate),
    get direct() {
      return urlOfDatabase(url, truncate.database)
    },
    next: async () => (await truncate.next()).leftBehind.map(leftOver),
    close: () => truncate.close(),
  }
}
