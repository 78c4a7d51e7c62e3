import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { log } from './log.ts'

export type Database = pg.Pool

/** A pool, or one connection of it that is in a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>

/** What can be done twice as if it was done once. */
export interface RetryOptions {
  /** Whether it may have been done although its connection was lost. */
  readonly isRepeatable?: boolean
}

const mostAttempts = 4

export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  })
  // The pool takes it out by itself, and opens another one when it is needed.
  pool.on('error', (error) => log.error('an idle connection was lost', error))
  return pool
}

/** Runs `work` in a transaction, again when the database asks for that: `work` must do nothing but ask it. */
export async function transaction<T>(
  database: Database,
  work: (tx: Queryable) => Promise<T>,
  options?: RetryOptions,
): Promise<T> {
  return retrying(() => once(database, work), options)
}

/** Does `work` again when it failed for reasons of the moment. */
export async function retrying<T>(work: () => Promise<T>, { isRepeatable = false }: RetryOptions = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === mostAttempts || !(isUndone(error) || (isRepeatable && isLost(error)))) throw error
      log.error('the database could not do it, trying again', error, { attempt })
      await delay(Math.random() * 25 * 2 ** attempt)
    }
  }
}

async function once<T>(database: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await database.connect()
  let lost: Error | undefined
  const onError = (error: Error): void => void (lost = error)
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // A connection that is lost has been rolled back; the first error says why.
    await client.query('ROLLBACK').catch(onError)
    // One that only reads has become a standby's: the next one may be better.
    if (codeOf(error) === '25006') lost ??= error as Error
    throw error
  } finally {
    client.off('error', onError)
    client.release(lost)
  }
}

/** Whether the database refused a row because another one has its unique key. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === constraint
}

/** Serialization failure, deadlock, a server that only reads: nothing was done. */
function isUndone(error: unknown): boolean {
  return ['40001', '40P01', '25006'].includes(codeOf(error) ?? '')
}

/** The connection broke, or the server ended it: nobody knows what was done. */
function isLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(?:08|57P)/.test(error.code ?? '')
  return error instanceof Error && /ECONN|EPIPE|Connection terminated|socket/i.test(`${codeOf(error)} ${error.message}`)
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}
