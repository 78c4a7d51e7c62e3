import { transaction } from 'corpus-kit/database'

const update = 'UPDATE stock SET pieces = pieces - 1 WHERE item = $1 RETURNING pieces'
const conflicts = new Set(['40001', '40P01'])

/** Takes a piece. @returns how many are left */
export async function take(db, item) {
  return transaction(db, async (tx) => {
    const { rows } = await tx.query(update, [item]).catch((error) => {
      if (!conflicts.has(error.code)) throw error
      return tx.query(update, [item])
    })
    return rows[0].pieces
  })
}
