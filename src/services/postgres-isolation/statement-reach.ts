import { fingerprintOf } from '../../protocols/postgres/fingerprint.ts'

/** What may be other after a statement than before. */
export interface StatementReach {
  /** What is stored, including sequences. */
  readonly stored: boolean
  /** What belongs to the session: settings, prepared statements, cursors, what it listens to. */
  readonly session: boolean
}

const sessionVerbs = new Set([
  'SET', 'RESET', 'DISCARD', 'LISTEN', 'UNLISTEN', 'PREPARE', 'DEALLOCATE', 'DECLARE', 'DO', 'CALL', 'EXECUTE',
]) // prettier-ignore
const unknownVerbs = new Set(['EXECUTE', 'DO', 'CALL'])
// Functions that everybody uses and that leave everything as it was. Any other may do anything.
const pure = new Set(
  `abs age any bpchar char decimal numeric timestamp timestamptz varchar array_agg array_length array_to_json avg bool_and bool_or ceil char_length clock_timestamp coalesce concat
  concat_ws count current_database current_schema current_setting date_part date_trunc dense_rank exists extract first_value
  floor format format_type gen_random_uuid generate_series greatest json_agg json_build_array json_build_object
  json_object_agg jsonb_agg jsonb_array_elements jsonb_build_array jsonb_build_object jsonb_object_agg lag last_value lead
  least left length lower ltrim make_interval max md5 min now nullif pg_backend_pid pg_get_constraintdef pg_get_expr
  pg_get_indexdef pg_sleep position quote_ident random rank regexp_replace replace right round row row_number row_to_json
  rtrim split_part string_agg substr substring sum to_char to_date to_json to_jsonb to_regclass to_timestamp to_tsquery
  to_tsvector trim unnest upper version`.split(/\s+/),
)

// What these leave in a session, DISCARD ALL takes away.
const ordinaryVerbs = new Set([
  'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'COPY', 'TRUNCATE', 'BEGIN', 'COMMIT', 'ROLLBACK',
  'ROLLBACK TO', 'SAVEPOINT', 'RELEASE', 'SET', 'RESET', 'SHOW', 'LISTEN', 'UNLISTEN', 'NOTIFY', 'PREPARE', 'EXECUTE',
  'DEALLOCATE', 'DISCARD', 'DECLARE', 'FETCH', 'CLOSE', 'LOCK', 'EXPLAIN',
]) // prettier-ignore
// A setting of the application's own stays known to the session, as an empty one.
const ownSetting = /\bset\b[^;]*\w\.\w/i
const sessions = /\bpg_(?:stat|locks|backend_pid|terminate|cancel|prepared)|\bnumbackends\b/i
// Longer texts are not read to their end.
const longest = 20_000

/** Whether it makes a difference to a statement which sessions there are. */
export function looksAtSessions(sql: string): boolean {
  return sessions.test(sql)
}

/** Whether DISCARD ALL makes a session as new that has run this. */
export function isForgotten(sql: string): boolean {
  const { verbs, calls } = fingerprintOf(sql)
  if (sql.length > longest || ownSetting.test(sql) || sessions.test(sql)) return false
  return verbs.every((verb) => ordinaryVerbs.has(verb)) && calls.every((name) => pure.has(name))
}

/** What a text of SQL may change; when in doubt, it may. */
export function reachOf(sql: string): StatementReach {
  const { effect, verbs, calls } = fingerprintOf(sql)
  const unknown = calls.some((name) => !pure.has(name))
  return {
    stored: effect || unknown || verbs.some((verb) => unknownVerbs.has(verb)),
    session: unknown || verbs.some((verb) => sessionVerbs.has(verb)),
  }
}
