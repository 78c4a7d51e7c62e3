import { transaction } from 'corpus-kit/database'

const update = 'UPDATE stock SET pieces = pieces - 1 WHERE item = $1 RETURNING pieces'
const conflicts = new Set(['40001', '40P01'])

/** Takes a piece. @returns how many are left */
export async function take(db, item) {
  const once = () => transaction(db, async (tx) => (await tx.query(update, [item])).rows[0].pieces)
  return once().catch((error) => {
    if (!conflicts.has(error.code)) throw error
    return once()
  })
}
