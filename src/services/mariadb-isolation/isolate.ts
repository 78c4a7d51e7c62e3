import { listenForWire } from '../../engine/wire-listener.ts'
import type { MysqlBoundaryOptions } from '../../protocols/mysql/boundary.ts'
import type { MysqlQuestion, MysqlReply } from '../../protocols/mysql/message.ts'
import { fingerprintOf } from '../../protocols/mysql/fingerprint.ts'
import { mysqlWire } from '../../protocols/mysql/mysql-wire.ts'
import { MysqlFailed, type OwnSession } from '../../protocols/mysql/own-session.ts'
import { carryOnly, movedUrl } from '../carry-only.ts'
import type { Isolate, Isolated, IsolateOptions } from '../isolation.ts'
import { migrationsOf } from '../test-database/migrations-of.ts'
import { isOrphan, ownedBy, ownedName } from '../test-database/owned-name.ts'
import { Connections } from './connections.ts'
import { mysqlAddress, mysqlFailed, openSession, quoteName, quoteText, withSchema } from './mysql-address.ts'
import { copySchema, readSchema, restoreTables } from './schema-copy.ts'
import { withKnownSchema, writesByName } from './schema-names.ts'
import { ensureTemplate } from './template.ts'
import { type Written, WrittenTables } from './written-tables.ts'

/** What is needed to isolate at one MariaDB server. */
export type MysqlIsolateOptions = IsolateOptions<MysqlBoundaryOptions, MysqlQuestion, MysqlReply>

const prefix = 'mortar_w_'
const lockWaitTimeout = 1205
let opened = 0

/**
 * Opens the address of one worker at one MariaDB or MySQL server. The worker has a schema of its own, whose name stays
 * for all its tests, since prepared statements and the SQL of some libraries are bound to it.
 *
 * @throws MortarError `MORTAR_MYSQL_FAILED`, `MORTAR_MIGRATION_FAILED`, `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export const isolateMysql: Isolate<MysqlBoundaryOptions, MysqlQuestion, MysqlReply> = (options) =>
  options.input.isolation === 'none'
    ? (carryOnly('mysql') as unknown as typeof isolateMysql)(options)
    : isolateBySchema(options)

async function isolateBySchema(options: MysqlIsolateOptions): Promise<Isolated> {
  const { url, input, boundary, port, recorder, faults, clients } = options
  const { graceMs = 200 } = input
  const server = mysqlAddress(url)
  const real = `${ownedName(prefix)}_${opened++}`
  const known = server.database ?? real
  const admin = await openSession(server)
  const drop = (name: string): Promise<unknown> => admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`)
  try {
    await admin.query('SET SESSION lock_wait_timeout = 5, wait_timeout = 2147483')
    await dropOrphans(admin, drop)
    const place = { admin, server, url, ownName: `${real}_t` }
    const template = await ensureTemplate(place, migrationsOf(options, server.database ?? ''))
    const plan = await readSchema(admin, template.name)
    await copySchema(admin, plan, real)
    const written = new WrittenTables(plan)
    const names = { known, real }
    const tables = new Set(plan.tables.map(({ name }) => name))
    const astray = new Set<string>()
    const connections = new Connections(names, (sql) => {
      written.asked(sql)
      if (sql !== undefined && writesByName(sql, names, tables)) astray.add(fingerprintOf(sql).fingerprint)
    })
    const listener = await listenForWire({
      wire: { ...mysqlWire(), relay: (client, link) => connections.carry(client, link) },
      target: server,
      purpose: `the boundary ${boundary}`,
      recorder: withKnownSchema(recorder, names),
      faults,
      ...clients,
      ...(server.tls && { tls: server.tls }),
      ...(port !== undefined && { port }),
    })
    const putBack = async (what: Written): Promise<void> => {
      if (what === 'everything') await copySchema(admin, plan, real)
      else if (what.length > 0) await restoreTables(admin, what, plan.name, real)
    }
    const reset = async (): Promise<void> => {
      const what = written.take()
      try {
        await putBack(what).catch((error: unknown) => {
          // Somebody holds a lock outside of a transaction, by LOCK TABLES.
          if (!(error instanceof MysqlFailed) || error.server.errno !== lockWaitTimeout) throw error
          return connections.endAll(admin).then(() => putBack(what))
        })
      } catch (error) {
        throw mysqlFailed('cannot put the schema back as it was', server, error)
      }
    }
    return {
      url: withSchema(movedUrl(url, listener), real),
      direct: withSchema(url, real),
      async next() {
        const left = await connections.pause(admin, graceMs, reset)
        const named = [...astray].map((sql) => ({
          summary: `what it wrote to the schema ${known} by its name, which tests share: ${sql.slice(0, 200)}`,
        }))
        astray.clear()
        return [...left, ...named]
      },
      async close() {
        await listener.close()
        await drop(real).catch(() => {})
        if (template.own) await drop(template.name).catch(() => {})
        admin.close()
      },
    }
  } catch (error) {
    await drop(real).catch(() => {})
    admin.close()
    throw mysqlFailed('cannot make a schema for the tests', server, error)
  }
}

/** Drops the schemas of processes of this machine that have gone without doing so. */
async function dropOrphans(admin: OwnSession, drop: (name: string) => Promise<unknown>): Promise<void> {
  const mine = ownedBy(prefix)
  const named = await admin.query(
    `SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, ${mine.length}) = ${quoteText(mine)}`,
  )
  for (const [name] of named) if (isOrphan(prefix, name!)) await drop(name!)
}
