import pg from 'pg'

/** A pool that survives the loss of its connections, and waits for nothing for ever. */
export function openDatabase() {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: 4,
    query_timeout: 2000,
    connectionTimeoutMillis: 2000,
  })
  pool.on('error', () => {})
  return pool
}

/** Does `work` in a transaction as a whole or not at all. */
export async function transaction(pool, work) {
  const client = await pool.connect()
  let broken
  client.on('error', listen)
  function listen(error) {
    broken = error
  }
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(listen)
    throw error
  } finally {
    client.off('error', listen)
    client.release(broken)
  }
}
