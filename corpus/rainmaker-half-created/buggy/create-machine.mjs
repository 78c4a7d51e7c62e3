import { ask } from 'corpus-kit/ask'

/** Creates a machine. @returns its state */
export async function createMachine(db, name) {
  await db.query(`INSERT INTO machines (name, state) VALUES ($1, 'creating')`, [name])
  await ask('POST', `${process.env.MACHINES_URL}/machines`, { body: { name } })
  await db.query(`UPDATE machines SET state = 'running' WHERE name = $1`, [name])
  return 'running'
}
