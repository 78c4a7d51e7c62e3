import { MortarError } from '../core/errors.ts'
import { lookAtMysql } from './mariadb-isolation/look.ts'
import { lookAtPostgres } from './postgres-isolation/look.ts'

/** A connection of ours to what a test sees, for looking only. */
export interface Look {
  /** The rows of one SELECT, columns by name, values as JSON has them. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): void
}

/** Opens one. @throws MortarError `MORTAR_USAGE` for a server that has no rows */
export function openLook(protocol: string, url: string): Promise<Look> {
  if (protocol === 'postgres') return lookAtPostgres(url)
  if (protocol === 'mysql') return lookAtMysql(url)
  throw new MortarError('MORTAR_USAGE', `rows of ${protocol} cannot be looked at`, {
    expected: 'a boundary of postgres() or mysql()',
  })
}
