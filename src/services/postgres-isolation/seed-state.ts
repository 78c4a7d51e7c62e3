import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { quoteName } from './postgres-address.ts'
import { changedSince, copies, markQuery, namedTables, readSeedTables, type SeedTable } from './seed-tables.ts'
import { readSequences, restoreSequences } from './sequences.ts'
import type { WrittenTables } from './written-tables.ts'

/** How a database was before the first test, kept beside it, in a schema of its own. */
export interface SeedState {
  /** Puts back what was written. @returns the tables that were put back */
  restore(written: WrittenTables): Promise<readonly string[]>
}

/** Takes down how the database is now. The session stays open, and must not be used for anything else. */
export async function takeSeedState(session: OwnSession): Promise<SeedState> {
  const query = (sql: string): ReturnType<OwnSession['query']> => session.query(sql)
  await query(`DROP SCHEMA IF EXISTS ${copies} CASCADE; CREATE SCHEMA ${copies}`)
  const tables = (await readSeedTables(query)).filter(({ kind, reaches }) => kind === 'r' || (kind === 'p' && reaches))
  for (const table of tables)
    if (table.rows > 0)
      await query(`CREATE UNLOGGED TABLE ${copyOf(table)} AS SELECT ${table.columns} FROM ONLY ${table.name}`)
  const references = await query("SELECT confrelid, conrelid FROM pg_constraint WHERE contype = 'f'")
  const sequences = await readSequences(query)
  const mark = async (): Promise<string> => (await query(markQuery))[0]![0]!
  let since = await mark()

  const changed = async (): Promise<readonly SeedTable[]> => {
    if (tables.length === 0) return []
    const oids = new Set((await query(changedSince(tables, since))).map(([, oid]) => oid))
    return tables.filter(({ oid }) => oids.has(oid))
  }

  /** A table cannot be emptied without those that refer to it. */
  const withReferring = (some: readonly SeedTable[]): SeedTable[] => {
    const oids = new Set<string | null>(some.map(({ oid }) => oid))
    for (let before = -1; before !== oids.size;) {
      before = oids.size
      for (const [to, from] of references) if (oids.has(to!)) oids.add(from!)
    }
    return tables.filter(({ oid }) => oids.has(oid))
  }

  return {
    async restore(written) {
      const affected = withReferring(namedTables(tables, written) ?? (await changed()))
      if (affected.length > 0) {
        const inserts = affected
          .filter(({ rows }) => rows > 0)
          .map(
            (table) =>
              `INSERT INTO ${table.name} (${table.columns}) OVERRIDING SYSTEM VALUE SELECT * FROM ${copyOf(table)}`,
          )
        await query(
          [
            'BEGIN',
            // Rows that were there before come back as they were: no trigger has a say, and no order matters.
            "SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s'",
            `TRUNCATE ${affected.map(({ name }) => name).join(', ')} RESTART IDENTITY CASCADE`,
            ...inserts,
            'COMMIT',
          ].join('; '),
        ).catch(async (error: unknown) => {
          await query('ROLLBACK')
          throw error
        })
      }
      if (sequences.size > 0) await query(restoreSequences(sequences))
      since = await mark()
      return affected.map(({ name }) => name)
    },
  }
}

function copyOf({ oid }: SeedTable): string {
  return `${copies}.${quoteName(`t${oid}`)}`
}
