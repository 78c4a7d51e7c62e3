import { MortarError } from '../../core/errors.ts'
import { type OwnSession, PostgresFailed } from '../../protocols/postgres/own-session.ts'
import type { SqlFile } from '../test-database/migrations.ts'

/** Runs one file in one transaction. @throws MortarError `MORTAR_MIGRATION_FAILED` with file, line and SQLSTATE */
export async function runSql(session: OwnSession, { path, sql }: SqlFile): Promise<void> {
  try {
    await session.query(sql)
  } catch (error) {
    if (!(error instanceof PostgresFailed)) throw error
    const { position, detail } = error.server
    const line =
      position === undefined ? '' : `:${[...sql].slice(0, position - 1).filter((char) => char === '\n').length + 1}`
    throw new MortarError('MORTAR_MIGRATION_FAILED', `${path} fails: ${error.server.message}`, {
      where: `${path}${line}`,
      seen: `SQLSTATE ${error.server.code}${detail ? `, ${detail}` : ''}`,
      cause: error,
    })
  }
}
