import { randomBytes } from 'node:crypto'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { isOrphan, ownedBy, ownedName } from '../test-database/owned-name.ts'
import { openSession, type PostgresAddress, postgresFailed, quoteName, quoteText } from './postgres-address.ts'

/** What clones are made of and how many are kept ready. */
export interface ClonePoolOptions {
  readonly server: PostgresAddress
  /** Name of a database that nobody is connected to. */
  readonly template: string
  /** How many clones wait to be taken (default 1). */
  readonly warm?: number
}

/** Private copies of one database. */
export interface ClonePool {
  /** The name of a fresh clone: at once if one is ready. @throws MortarError `MORTAR_POSTGRES_FAILED` */
  take(): Promise<string>
  /** Drops a clone in the background, whoever is connected to it. */
  drop(name: string): void
  /** Drops all that were made. */
  close(): Promise<void>
}

const prefix = 'mortar_c_'
let pools = 0

/** Opens a pool of clones and begins to fill it. @throws MortarError `MORTAR_POSTGRES_FAILED` */
export async function openClonePool({ server, template, warm = 1 }: ClonePoolOptions): Promise<ClonePool> {
  const stopped = new AbortController()
  // Two sessions, so that a clone is not waited for behind the dropping of old ones.
  const [maker, dropper] = await Promise.all([openSession(server, stopped.signal), openSession(server, stopped.signal)])
  const [[version] = []] = await maker.query('SHOW server_version_num')
  // Copying files beats writing the copy to the log, and before version 15 was all there was.
  const strategy = Number(version) >= 150_000 ? ' STRATEGY FILE_COPY' : ''
  const name = `${ownedName(prefix)}_${(pools++).toString(36)}${randomBytes(2).toString('hex')}`
  const ready: Promise<string>[] = []
  let made = 0
  let last: Promise<unknown> = Promise.resolve()
  let dropping: Promise<unknown> = dropOrphans(dropper).catch(() => {})

  const make = (): Promise<string> => {
    const clone = `${name}_${(made++).toString(36)}`
    const sql = `CREATE DATABASE ${quoteName(clone)} TEMPLATE ${quoteName(template)}${strategy}`
    const making = last
      .then(() => maker.query(sql))
      .then(
        () => clone,
        (error: unknown) => {
          throw postgresFailed(`cannot clone the database ${template}`, server, error)
        },
      )
    // Whoever takes the clone is told; nobody need take it.
    last = making.catch(() => {})
    return making
  }
  const fill = (): void => {
    while (ready.length < warm && !stopped.signal.aborted) ready.push(make())
  }
  const drop = (clone: string): void => {
    dropping = dropping.then(() => dropper.query(dropStatement(clone))).catch(() => {})
  }
  fill()
  return {
    take() {
      const clone = ready.shift() ?? make()
      fill()
      return clone
    },
    drop,
    async close() {
      stopped.abort()
      await last
      for (const clone of await Promise.allSettled(ready.splice(0))) if (clone.status === 'fulfilled') drop(clone.value)
      await dropping
      const left = await dropper
        .query(`SELECT datname FROM pg_database WHERE datname LIKE '${name}\\_%'`)
        .catch(() => [])
      for (const [clone] of left) drop(clone!)
      await dropping
      maker.close()
      dropper.close()
    },
  }
}

function dropStatement(clone: string): string {
  return `DROP DATABASE IF EXISTS ${quoteName(clone)} WITH (FORCE)`
}

/** Drops the clones of processes of this machine that have gone without doing so. */
async function dropOrphans(session: OwnSession): Promise<void> {
  const mine = quoteText(ownedBy(prefix))
  const rows = await session.query(`SELECT datname FROM pg_database WHERE starts_with(datname, ${mine})`)
  for (const [clone] of rows) if (isOrphan(prefix, clone!)) await session.query(dropStatement(clone!))
}
