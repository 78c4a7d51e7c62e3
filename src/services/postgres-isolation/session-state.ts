import { message, query, sync } from '../../protocols/postgres/encode.ts'
import type { OwnSession, TextRow } from '../../protocols/postgres/own-session.ts'
import type { Prepared } from '../../protocols/postgres/statements.ts'
import { fromClient } from '../../protocols/postgres/types.ts'
import { quoteName, quoteText } from './postgres-address.ts'

/** What a session has set up, by the server's own account. */
export interface SessionState {
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly channels: readonly string[]
  /** Whole PREPARE statements. */
  readonly prepared: readonly string[]
}

/** The server's account of a session. */
export interface Account {
  readonly state: SessionState
  /** Names of statements that were prepared by Parse messages and are still there. */
  readonly named: ReadonlySet<string>
}

// `role` and `session_authorization` are not in pg_settings. They go first, since they decide what may be set.
const account = `
  SELECT 'setting', 'role', current_setting('role') WHERE current_setting('role') <> 'none'
  UNION ALL SELECT 'setting', name, current_setting(name) FROM pg_settings WHERE source = 'session'
  UNION ALL SELECT 'channel', pg_listening_channels(), ''
  UNION ALL SELECT CASE WHEN from_sql THEN 'prepared' ELSE 'named' END, name, statement FROM pg_prepared_statements`

/** Settings that a text of SQL names and the server does not list, since they are the application's own: `app.tenant`. */
export function ownSettings(sql: string): string[] {
  const names = [...sql.matchAll(/\bset\s+(?:session\s+)?(\w+\.\w+)|\bset_config\s*\(\s*'(\w+\.\w+)'/gi)]
  return names.map(([, bySet, byCall]) => (bySet ?? byCall ?? '').toLowerCase())
}

/**
 * Asks the server what the session has set up.
 *
 * @param own - Names of settings that it does not list.
 */
export async function readState(session: OwnSession, own: Iterable<string>): Promise<Account> {
  const unlisted = [...own].map((name) => {
    const value = `current_setting(${quoteText(name)}, true)`
    return ` UNION ALL SELECT 'setting', ${quoteText(name)}, ${value} WHERE ${value} IS NOT NULL`
  })
  const rows = await session.query(account + unlisted.join(''))
  const of = (kind: string): TextRow[] => rows.filter(([each]) => each === kind)
  return {
    state: {
      settings: of('setting').map(([, name, value]) => [name ?? '', value ?? '']),
      channels: of('channel').map(([, name]) => name ?? ''),
      prepared: of('prepared').map(([, , statement]) => statement ?? ''),
    },
    named: new Set(of('named').map(([, name]) => name ?? '')),
  }
}

/** What has been set up in a session: by the client, or by us in its stead. */
export interface Setup {
  readonly statements: readonly Prepared[]
  /** Left out when nothing but `statements` has been set up. */
  readonly state: SessionState | undefined
}

/**
 * Sets up a session as another one was.
 *
 * @param done - What has been set up in it before. When that is too much, everything is begun again.
 */
export async function setUp(session: OwnSession, wanted: Setup, done?: Setup): Promise<void> {
  const sameState = JSON.stringify(done?.state) === JSON.stringify(wanted.state)
  const goesOn = sameState && done?.statements.every((statement) => wanted.statements.includes(statement))
  const groups: Buffer[] = []
  if (done && !goesOn) groups.push(query('DISCARD ALL'))
  // Settings come first: the search path decides what a statement means.
  if (!goesOn) for (const sql of statementsOf(wanted.state)) groups.push(query(sql))
  for (const statement of wanted.statements) {
    if (goesOn && done?.statements.includes(statement)) continue
    // Each on its own, so that one which the new database refuses does not cost the others.
    groups.push(Buffer.concat([message(fromClient.parse, statement.body), sync]))
  }
  if (groups.length === 0) return
  await session.send(Buffer.concat(groups), groups.length).catch(() => {
    if (session.connection.destroyed) throw new Error('the server closed the connection')
  })
}

function statementsOf(state: SessionState | undefined): string[] {
  if (!state) return []
  const { settings, channels, prepared } = state
  return [
    ...settings.map(([name, value]) => `SELECT set_config(${quoteText(name)}, ${quoteText(value)}, false)`),
    ...channels.map((channel) => `LISTEN ${quoteName(channel)}`),
    ...prepared,
  ]
}
