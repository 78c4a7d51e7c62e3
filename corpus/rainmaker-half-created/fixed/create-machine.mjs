import { ask, retry } from 'corpus-kit/ask'

/** Creates a machine. @returns its state */
export async function createMachine(db, name) {
  try {
    await db.query(`INSERT INTO machines (name, state) VALUES ($1, 'creating')`, [name])
    await ask('POST', `${process.env.MACHINES_URL}/machines`, { body: { name } })
    await db.query(`UPDATE machines SET state = 'running' WHERE name = $1`, [name])
  } catch (error) {
    // Each step may have been done although nobody said so.
    await retry(() => ask('DELETE', `${process.env.MACHINES_URL}/machines/${name}`))
    await db.query('DELETE FROM machines WHERE name = $1', [name])
    throw error
  }
  return 'running'
}
