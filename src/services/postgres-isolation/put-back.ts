import { query } from '../../protocols/postgres/encode.ts'
import type { OwnSession, TextRow } from '../../protocols/postgres/own-session.ts'
import { inTime } from './in-time.ts'
import type { KeptRows } from './kept-rows.ts'
import { changedSince, isCalled, markQuery, namedTables, type SeedTable } from './seed-tables.ts'
import { restoreSequences } from './sequences.ts'
import { endSessions, sessionsQuery } from './strangers.ts'
import type { WrittenTables } from './written-tables.ts'

const patienceMs = 3_000

/** Puts one clone back to how it was, while sessions stay in it. */
export class PutBack {
  readonly #session: OwnSession
  readonly #kept: KeptRows
  readonly #stored: readonly SeedTable[]
  /** Whatever the test wrote has a higher number. */
  #since: string

  constructor(session: OwnSession, kept: KeptRows) {
    this.#session = session
    this.#kept = kept
    this.#stored = kept.tables.filter(({ kind }) => kind !== 'p')
    this.#since = kept.since
  }

  /**
   * Puts back what a test has written.
   *
   * @param known - Processes of the sessions that stay, none of which does anything; every other one is ended.
   * @returns Whether everything is as in a fresh clone. If not, the database is good for nothing any more.
   */
  async restore(known: readonly number[], written: WrittenTables): Promise<boolean> {
    const restored = this.#restore(known.map(String), written).catch(() => false)
    const done = await inTime(restored, patienceMs, false)
    if (!done) this.#session.connection.destroy()
    return done
  }

  close(): void {
    this.#session.close()
  }

  async #restore(known: readonly string[], written: WrittenTables): Promise<boolean> {
    let found = await this.#look(written)
    const sessions = pidsOf(found)
    // Where something stands between us and the server, its processes are not those that we know.
    if (known.some((pid) => !sessions.includes(pid))) return false
    const strangers = sessions.filter((pid) => !known.includes(pid))
    if (strangers.length > 0) {
      if (!(await endSessions(this.#session, strangers))) return false
      // They may have written to the last.
      found = await this.#look(written)
      if (pidsOf(found).some((pid) => !known.includes(pid))) return false
    }
    if (found.some(([kind]) => kind === 'prepared' || kind === 'schema')) return false
    const changed = new Set(found.flatMap(([kind, oid]) => (kind === 'changed' ? [oid!] : [])))
    // What was written and rolled back is in nobody's way, but rows that come later would be stored elsewhere.
    const names = [...written.names]
    const affected = this.#stored.filter(
      (table) => changed.has(table.oid) || names.some((name) => isCalled(table, name)),
    )
    if (affected.some(({ kind }) => kind !== 'r')) return false
    if (affected.length > 0) await this.#refill(affected)
    return true
  }

  /** Asks who is there and what is other than it was, and puts the sequences back. */
  #look(written: WrittenTables): Promise<TextRow[]> {
    const { catalogs, sequences, since } = this.#kept
    const statements = [sessionsQuery]
    const stored = this.#stored
    if (stored.length > 0) {
      statements.push(changedSince(stored, this.#since))
      const sizes = stored.map(({ oid, bytes }) => `(${oid}, ${bytes})`).join(', ')
      statements.push(
        `SELECT 'changed', oid::text FROM (VALUES ${sizes}) AS t(oid, bytes) WHERE pg_relation_size(oid) > bytes`,
      )
    }
    // A function may have done anything, and so may what hangs on tables.
    if (!namedTables(this.#kept.tables, written))
      statements.push(`SELECT 'schema', oid FROM (${changedSince(catalogs, since)}) AS c(kind, oid)`)
    if (sequences.size > 0) statements.push(restoreSequences(sequences))
    return this.#session.query(statements.join('; '))
  }

  /**
   * Empties tables and inserts the rows that they had. Deleting and vacuuming leaves a table of no pages, as TRUNCATE
   * does, but needs no new files.
   */
  async #refill(affected: readonly SeedTable[]): Promise<void> {
    const names = affected.map(({ name }) => name)
    const oids = affected.map(({ oid }) => oid).join(',')
    const messages = [
      names.map((name) => `DELETE FROM ONLY ${name}`).join('; '),
      `VACUUM ${names.join(', ')}`,
      [
        // Fails where something is left, whose place the rows would take otherwise.
        `SELECT 1 / (count(*) = 0)::int FROM unnest('{${oids}}'::oid[]) AS oid WHERE pg_relation_size(oid) > 0`,
        ...affected.flatMap(({ oid }) => this.#kept.inserts.get(oid) ?? []),
        markQuery,
      ].join('; '),
    ]
    const rows = await this.#session.send(Buffer.concat(messages.map(query)), messages.length)
    this.#since = rows.at(-1)![0]!
  }
}

function pidsOf(rows: readonly TextRow[]): string[] {
  return rows.flatMap(([kind, pid]) => (kind === 'session' ? [pid!] : []))
}
