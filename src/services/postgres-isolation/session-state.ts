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
export async function readState(session: OwnSession, own: Iterable<string>): Promise<SessionState> {
  const unlisted = [...own].map((name) => {
    const value = `current_setting(${quoteText(name)}, true)`
    return ` UNION ALL SELECT 'setting', ${quoteText(name)}, ${value} WHERE ${value} IS NOT NULL`
  })
  const rows = await session.query(account + unlisted.join(''))
  const of = (kind: string): TextRow[] => rows.filter(([each]) => each === kind)
  return {
    settings: of('setting').map(([, name, value]) => [name ?? '', value ?? '']),
    channels: of('channel').map(([, name]) => name ?? ''),
    prepared: of('prepared').map(([, , statement]) => statement ?? ''),
    named: new Set(of('named').map(([, name]) => name ?? '')),
  }
}

/**
 * Sets up a new session as the old one was.
 *
 * @param state - Left out when the session has set up nothing but `statements`.
 */
export async function replayState(
  session: OwnSession,
  statements: readonly Prepared[],
  state: SessionState | undefined,
): Promise<void> {
  const groups: Buffer[] = []
  // Each on its own, so that one which the new database refuses does not cost the others.
  for (const { name, body } of statements)
    if (!state || state.named.has(name)) groups.push(Buffer.concat([message(fromClient.parse, body), sync]))
  for (const sql of statementsOf(state)) groups.push(query(sql))
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
