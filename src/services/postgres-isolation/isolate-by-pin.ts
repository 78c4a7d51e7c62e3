import type { Isolated } from '../isolation.ts'
import { openClonePool } from './clone-pool.ts'
import type { PostgresIsolateOptions } from './isolate.ts'
import { leftOver } from './left-over.ts'
import { migrationsOf } from './migrations-of.ts'
import { openPin } from './pin.ts'
import { postgresAddress, urlAt } from './postgres-address.ts'
import { ensureTemplate } from './template.ts'

/** One clone for the worker, and one transaction in it for every test. */
export async function isolateByPin(options: PostgresIsolateOptions): Promise<Isolated> {
  const { url, input, port, recorder, faults, clients } = options
  const { graceMs, pinTolerates } = input
  const server = { ...postgresAddress(url), database: 'postgres' }
  const template = await ensureTemplate(server, migrationsOf(options))
  const pool = await openClonePool({ server, template: template.name, warm: 0 })
  const pin = await pool
    .take()
    .then((database) =>
      openPin({
        server,
        database,
        recorder,
        faults,
        ...(clients && { clients }),
        ...(port !== undefined && { port }),
        ...(graceMs !== undefined && { graceMs }),
        ...(pinTolerates && { tolerated: pinTolerates }),
      }),
    )
    .catch(async (error: unknown) => {
      await pool.close()
      throw error
    })
  return {
    url: urlAt(url, pin),
    // What is not committed can be seen from within only.
    direct: urlAt(url, { host: pin.host, port: pin.besidePort }),
    next: async (ended) => (await pin.next(ended)).map(leftOver),
    async close() {
      await pin.close()
      await pool.close()
    },
  }
}
