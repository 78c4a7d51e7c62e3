import { type Fingerprint, fingerprinter } from '../sql/fingerprint.ts'
import { postgresDialect } from './dialect.ts'

/** Reads a text of SQL as PostgreSQL would. */
export const fingerprintOf: (sql: string) => Fingerprint = fingerprinter(postgresDialect)
