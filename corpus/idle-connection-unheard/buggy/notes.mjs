import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4, query_timeout: 2000 })

/** Keeps a note. */
export async function note(text) {
  await pool.query('INSERT INTO notes VALUES ($1)', [text])
  return 'kept'
}

/** Closes the connections. */
export const close = () => pool.end()
