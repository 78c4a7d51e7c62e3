import { type Fingerprint, fingerprinter } from '../sql/fingerprint.ts'
import { tokenizeSql } from '../sql/tokenize-sql.ts'
import { mysqlDialect } from './dialect.ts'

/** Reads a text of SQL as MariaDB and MySQL would. */
export const fingerprintOf: (sql: string) => Fingerprint = fingerprinter(mysqlDialect)

/** How many values a prepared statement takes: its question marks. */
export function countPlaceholders(sql: string): number {
  return tokenizeSql(sql, mysqlDialect).filter(({ placeholder }) => placeholder).length
}
