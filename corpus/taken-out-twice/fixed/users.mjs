import { within } from './within.mjs'

/** Renames a user. Where the cache cannot be told, nobody is; whoever reads meanwhile keeps the old name for a minute at most. */
export async function rename(db, cache, { id, name }) {
  const key = `user:${id}`
  await within(150, cache.del(key))
  const { rows } = await db.query('UPDATE users SET name = $2 WHERE id = $1 RETURNING id, name', [id, name])
  await within(150, cache.del(key)).catch((error) => console.error(`${key} may be old`, error.message))
  return rows[0]
}
