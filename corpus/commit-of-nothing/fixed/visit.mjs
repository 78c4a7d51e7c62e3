import { transaction } from 'corpus-kit/database'

/** Notes a visit: in the list and in the count, or not at all. */
export async function visit(db, page) {
  await transaction(db, async (tx) => {
    await tx.query('UPDATE pages SET seen = seen + 1 WHERE page = $1', [page])
    await tx.query('INSERT INTO visits VALUES ($1)', [page])
  })
  return 'noted'
}
