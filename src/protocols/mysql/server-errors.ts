import type { ServiceError } from '../../core/fault.ts'
import type { MysqlError } from './message.ts'
import { wordTable } from '../../core/word-table.ts'

/** An error as this server would report it, and what it does besides. */
export interface RefusedWith extends MysqlError {
  /** The server closes the connection after it. */
  readonly fatal: boolean
  /** The server rolls the whole transaction back, not the statement alone. */
  readonly rollsBack: boolean
}

type Known = readonly [sqlstate: string, message: string, does?: 'fatal' | 'rollsBack']

const known: Readonly<Record<number, Known>> = {
  1021: ['HY000', 'Disk full; waiting for someone to free some space...'],
  1037: ['HY001', 'Out of memory; restart server and try again'],
  1040: ['08004', 'Too many connections', 'fatal'],
  1045: ['28000', 'Access denied for user', 'fatal'],
  1048: ['23000', 'Column cannot be null'],
  1049: ['42000', 'Unknown database', 'fatal'],
  1053: ['08S01', 'Server shutdown in progress', 'fatal'],
  1062: ['23000', "Duplicate entry for key 'PRIMARY'"],
  1142: ['42000', 'Command denied to user'],
  1205: ['HY000', 'Lock wait timeout exceeded; try restarting transaction'],
  1213: ['40001', 'Deadlock found when trying to get lock; try restarting transaction', 'rollsBack'],
  1290: ['HY000', 'The server is running with the --read-only option so it cannot execute this statement'],
  1317: ['70100', 'Query execution was interrupted'],
  1365: ['22012', 'Division by 0'],
  1406: ['22001', 'Data too long for column'],
  1452: ['23000', 'Cannot add or update a child row: a foreign key constraint fails'],
  1927: ['70100', 'Connection was killed', 'fatal'],
  3024: ['HY000', 'Query execution was interrupted, maximum statement execution time exceeded'],
  4031: ['HY000', 'The client was disconnected by the server because of inactivity', 'fatal'],
}

/** What this server says where PostgreSQL would report such a SQLSTATE. */
const errnoOf: Readonly<Record<string, number>> = wordTable({
  '22001': 1406,
  '22012': 1365,
  '23502': 1048,
  '23503': 1452,
  '23505': 1062,
  '25006': 1290,
  '25P03': 4031,
  '28P01': 1045,
  '3D000': 1049,
  '40001': 1213,
  '40P01': 1213,
  '42501': 1142,
  '53100': 1021,
  '53200': 1037,
  '53300': 1040,
  '55P03': 1205,
  '57014': 1317,
  '57P01': 1053,
  '57P02': 1053,
  '57P03': 1053,
})
/** The number of errors that a statement raises itself. */
const unnamed = 1644

/** The error that a fault asks for, by a number (`1213`) or by the SQLSTATE of what it means (`40P01`). */
export function refusedWith({ code, message, usual, fatal }: ServiceError): RefusedWith {
  const errno = errnoOf[code] ?? (/^\d{4}$/.test(code) ? Number(code) : unnamed)
  const [sqlstate, said, does] = known[errno] ?? [/^[0-9A-Z]{5}$/.test(code) ? code : 'HY000', message]
  return {
    errno,
    sqlstate,
    message: usual ? said : message,
    fatal: fatal ?? does === 'fatal',
    rollsBack: does === 'rollsBack',
  }
}

/** What the server itself says of a number. */
export function usualMessage(errno: number): string {
  return known[errno]?.[1] ?? `Error ${errno}`
}

// The server's own limit of a message.
const longestMessage = 128

/** A statement that does nothing but fail with this error. */
export function raising({ errno, sqlstate, message }: MysqlError): string {
  const text = message.slice(0, longestMessage).replaceAll('\\', '\\\\').replaceAll("'", "''")
  return `SIGNAL SQLSTATE '${sqlstate}' SET MYSQL_ERRNO = ${errno}, MESSAGE_TEXT = '${text}'`
}
