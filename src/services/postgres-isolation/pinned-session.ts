import { PostgresFailed } from '../../protocols/postgres/own-session.ts'
import { type FindHidden, readHiddenPitfalls } from './hidden-pitfalls.ts'
import { openSession, type PostgresAddress, quoteText } from './postgres-address.ts'
import { readSequences, restoreSequences } from './sequences.ts'
import { readState } from './session-state.ts'
import { type Holder, SharedSession } from './shared-session.ts'

/** What a pinned session is opened with. */
export interface PinnedSessionOptions {
  readonly server: PostgresAddress
  readonly database: string
  /** Of the first client. */
  readonly parameters: ReadonlyMap<string, string>
  readonly signal: AbortSignal
}

/** A session in a transaction that is rolled back again and again. */
export interface PinnedSession {
  readonly shared: SharedSession
  /** What functions and triggers do that does not work. */
  readonly hidden: FindHidden
  /** Settings may have been changed that outlive a transaction. */
  changed: boolean
  /** Lets a client in. @throws PostgresFailed when it wants a session that is set up in another way */
  accept(parameters: ReadonlyMap<string, string>): Promise<void>
  /** Undoes everything. Sequences are put back where that is asked for. */
  rollBack(what: { readonly sequences: boolean }): Promise<void>
}

// What tells nothing about how statements are understood.
const harmless = new Set(['database', 'application_name', 'fallback_application_name'])
// Constraint triggers are among them. All are looked at, and then put off again that are so from the start.
const deferrable = `SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.conname), c.condeferred
  FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.condeferrable`

/** Opens the session and begins its transaction. @throws MortarError `MORTAR_POSTGRES_FAILED` */
export async function openPinned(options: PinnedSessionOptions): Promise<PinnedSession> {
  const { server, database, parameters, signal } = options
  const session = await openSession(server, signal, [...parameters, ['database', database]])
  const query = (sql: string): ReturnType<typeof session.query> => session.query(sql)
  const sequences = await readSequences(query)
  // Planning it takes longer than running it.
  if (sequences.size > 0) await query(`PREPARE mortar_sequences AS ${restoreSequences(sequences)}`)
  const hidden = await readHiddenPitfalls(query)
  const constraints = await query(deferrable)
  await query('BEGIN')
  const shared = new SharedSession(session)
  const deferred = constraints.flatMap(([name, byDefault]) => (byDefault === 't' ? [name!] : []))
  const again = deferred.length > 0 ? `; SET CONSTRAINTS ${deferred.join(', ')} DEFERRED` : ''
  if (constraints.length > 0) shared.check = `SET CONSTRAINTS ALL IMMEDIATE${again}`
  const us: Holder = { inTransaction: false, answered() {}, told() {}, lost() {} }

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await shared.take(us)
    try {
      return await work()
    } finally {
      shared.give()
    }
  }

  const pinned: PinnedSession = {
    shared,
    hidden,
    changed: false,
    async accept(wanted) {
      for (const [name, value] of wanted) {
        if (harmless.has(name) || parameters.get(name) === value) continue
        const sql = `SELECT current_setting(${quoteText(name)}, true)`
        const rows = name === 'user' || name === 'options' ? [] : await inTurn(() => shared.run(sql))
        if (plain(rows[0]?.[0] ?? '') === plain(value)) continue
        throw new PostgresFailed({
          severity: 'FATAL',
          code: '0A000',
          message: `all connections share one session, and this one wants another ${name} (Mortar, isolation pin)`,
        })
      }
    },
    rollBack: ({ sequences: leaked }) =>
      inTurn(async () => {
        const settings = pinned.changed ? (await shared.own((own) => readState(own, []))).state.settings : []
        const steps = settings.map(
          ([name, value]) => `SELECT set_config(${quoteText(name)}, ${quoteText(value)}, false)`,
        )
        if (leaked && sequences.size > 0) steps.push('EXECUTE mortar_sequences')
        // Else the settings would be part of what is rolled back next.
        if (settings.length > 0) steps.push('COMMIT')
        // All at once: between two tests nothing costs more than waiting for the server.
        await shared.run(['ROLLBACK', ...steps, 'BEGIN'].join('; '))
        pinned.changed = false
      }),
  }
  return pinned
}

function plain(value: string): string {
  return value.replaceAll(/['"-]/g, '').toLowerCase()
}
