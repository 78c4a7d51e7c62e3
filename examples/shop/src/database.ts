import pg from 'pg'

export type Database = pg.Pool

/** A pool, or one connection of it that is in a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>

export function openDatabase(url: string): Database {
  return new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  })
}

export async function transaction<T>(
  database: Database,
  work: (tx: Queryable) => Promise<T>,
  { isolation = 'READ COMMITTED' }: { readonly isolation?: 'READ COMMITTED' | 'SERIALIZABLE' } = {},
): Promise<T> {
  const client = await database.connect()
  let lost: Error | undefined
  const onError = (error: Error): void => void (lost = error)
  client.on('error', onError)
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // A connection that is lost has been rolled back; the first error says why.
    await client.query('ROLLBACK').catch(onError)
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
