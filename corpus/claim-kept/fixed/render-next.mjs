import { ask, pause, retry } from 'corpus-kit/ask'

const CLAIM = `UPDATE films SET state = 'running' WHERE id = (
  SELECT id FROM films WHERE state = 'queued' LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`

/** Renders what is next in the queue. @returns its file; undefined where there is nothing */
export async function renderNext(db) {
  const { rows } = await db.query(CLAIM)
  if (rows.length === 0) return undefined
  const [{ id }] = rows
  try {
    const { file } = await retry(() => ask('PUT', `${process.env.RENDER_URL}/films/${id}`, { body: {} }))
    if (typeof file !== 'string' || file === '') throw new Error(`no file for ${id}`)
    await untilDone(() => db.query("UPDATE films SET state = 'done', file = $2 WHERE id = $1", [id, file]))
    return file
  } catch (error) {
    await untilDone(() => db.query("UPDATE films SET state = 'queued' WHERE id = $1", [id])).catch((failed) =>
      console.error(`${id} is still claimed`, failed.message),
    )
    throw error
  }
}

async function untilDone(work) {
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (error) {
      if (tried === 4) throw error
      await pause(50 * 2 ** tried)
    }
  }
}
