import { transaction } from 'corpus-kit/database'

/** Notes a visit. The list of visits is only for curiosity; the count is what matters. */
export async function visit(db, page) {
  await transaction(db, async (tx) => {
    await tx.query('UPDATE pages SET seen = seen + 1 WHERE page = $1', [page])
    await tx.query('INSERT INTO visits VALUES ($1)', [page]).catch(() => {})
  })
  return 'noted'
}
