import { pause, realElapsed } from '../../core/real-clock.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'

const patienceMs = 1_000
const roundMs = 3

/** The sessions of this database, but for our own, as `session`, with their processes; and `prepared` transactions. */
export const sessionsQuery = `
  SELECT 'session', pid::text FROM pg_stat_get_activity(NULL)
  WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
    AND backend_type NOT IN ('autovacuum worker', 'parallel worker')
  UNION ALL SELECT 'prepared', gid FROM pg_prepared_xacts WHERE database = current_database()`

/** Ends sessions of this database, and waits until they are gone. @returns whether they are */
export async function endSessions(session: OwnSession, pids: readonly string[]): Promise<boolean> {
  const late = realElapsed() + patienceMs
  await session.query(`SELECT pg_terminate_backend(pid) FROM unnest('{${pids.join(',')}}'::int[]) AS pid`)
  for (;;) {
    const left = (await session.query(sessionsQuery)).filter(([kind, pid]) => kind === 'session' && pids.includes(pid!))
    if (left.length === 0) return true
    if (realElapsed() > late) return false
    await pause(roundMs)
  }
}
