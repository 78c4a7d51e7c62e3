import mysql from 'mysql2/promise'

/** A pool that waits for nothing for ever. */
export function openMariadb() {
  return mysql.createPool({ uri: process.env.MARIADB_URL, connectionLimit: 4, connectTimeout: 2000 })
}

/** Does `work` in a transaction as a whole or not at all. */
export async function transaction(pool, work) {
  const client = await pool.getConnection()
  try {
    await client.beginTransaction()
    const result = await work(client)
    await client.commit()
    client.release()
    return result
  } catch (error) {
    // What has failed to commit or to roll back is in a state that nobody knows.
    await client.rollback().then(
      () => client.release(),
      () => client.destroy(),
    )
    throw error
  }
}
