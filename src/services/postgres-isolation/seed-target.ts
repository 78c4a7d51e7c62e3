import { type OwnSession, PostgresFailed } from '../../protocols/postgres/own-session.ts'
import type { SeedTarget } from '../test-database/seed.ts'
import { insertRows } from './insert-rows.ts'
import { runSql } from './run-sql.ts'

/** A database of PostgreSQL that is filled over this session. */
export function seedTarget(session: OwnSession): SeedTarget {
  return {
    run: (file) => runSql(session, file),
    insert: (table, rows) => insertRows(session, table, rows),
    rows: (sql) => session.rows(sql),
    explain(error) {
      if (!(error instanceof PostgresFailed)) return undefined
      const { code, message, detail } = error.server
      return { message, seen: `SQLSTATE ${code}${detail ? `, ${detail}` : ''}` }
    },
  }
}
