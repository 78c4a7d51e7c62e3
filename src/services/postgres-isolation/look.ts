import { MortarError } from '../../core/errors.ts'
import { PostgresFailed } from '../../protocols/postgres/own-session.ts'
import type { Look } from '../look.ts'
import { openSession, postgresAddress, postgresFailed } from './postgres-address.ts'

/** Opens a session to look at what a test has written. @throws MortarError `MORTAR_POSTGRES_FAILED` */
export async function lookAtPostgres(url: string): Promise<Look> {
  const address = postgresAddress(url)
  const stopped = new AbortController()
  const session = await openSession(address, stopped.signal, [['application_name', 'mortar']])
  return {
    async rows(sql) {
      const select = sql.trim().replace(/;+$/, '')
      try {
        const rows = await session.query(`SELECT row_to_json(looked) FROM (${select}\n) AS looked`)
        return rows.map(([json]) => JSON.parse(json ?? 'null') as Record<string, unknown>)
      } catch (error) {
        if (!(error instanceof PostgresFailed)) throw postgresFailed(`cannot look at ${select}`, address, error)
        const { hint } = error.server
        throw new MortarError('MORTAR_USAGE', `PostgreSQL refuses the query: ${error.message}`, {
          where: select,
          hint: hint ?? 'Write one SELECT; it is run with the rights and in the database of the test.',
          cause: error,
        })
      }
    },
    close() {
      session.close()
      stopped.abort()
    },
  }
}
