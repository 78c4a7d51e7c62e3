import { MortarError } from '../../core/errors.ts'
import type { OwnSession } from '../../protocols/mysql/own-session.ts'
import type { SqlFile } from '../test-database/migrations.ts'
import { explain } from './mysql-address.ts'

/** Runs one file. @throws MortarError `MORTAR_MIGRATION_FAILED` with file, line and error number */
export async function runSql(session: OwnSession, { path, sql }: SqlFile): Promise<void> {
  for (const part of partsOf(sql)) {
    try {
      await session.query(part.sql)
    } catch (error) {
      const said = explain(error)
      if (!said) throw error
      // The server counts lines from the beginning of the statement that it could not read.
      const line = /\bat line (\d+)/.exec(said.message)?.[1]
      const where = line === undefined || part.several ? path : `${path}:${part.line + Number(line) - 1}`
      throw new MortarError('MORTAR_MIGRATION_FAILED', `${path} fails: ${said.message}`, {
        where,
        seen: said.seen,
        cause: error,
      })
    }
  }
}

interface Part {
  readonly sql: string
  /** Where it begins, from 1. */
  readonly line: number
  /** It may be more than one statement. */
  readonly several: boolean
}

/** What the server is sent at a time: everything, but for files that say DELIMITER, which only clients understand. */
function partsOf(sql: string): Part[] {
  if (!/^[ \t]*delimiter[ \t]+\S/im.test(sql)) return sql.trim() === '' ? [] : [{ sql, line: 1, several: true }]
  const parts: Part[] = []
  let delimiter = ';'
  let text: string[] = []
  let begin = 1
  const push = (): void => {
    const part = text.join('\n')
    if (part.trim() !== '') parts.push({ sql: part, line: begin, several: delimiter === ';' })
    text = []
  }
  for (const [i, line] of sql.split('\n').entries()) {
    const said = /^[ \t]*delimiter[ \t]+(\S+)/i.exec(line)
    if (text.length === 0) begin = i + 1
    if (said) {
      push()
      delimiter = said[1]!
    } else if (delimiter !== ';' && line.trimEnd().endsWith(delimiter)) {
      text.push(line.trimEnd().slice(0, -delimiter.length))
      push()
    } else text.push(line)
  }
  push()
  return parts
}
