import { transaction } from 'corpus-kit/database'
import { keep, known } from './known.mjs'

/** Books a seat. @returns whether there was one */
export async function book(db, cache, show, guest) {
  const free = await transaction(db, async (tx) => {
    const left = (await known(cache, `free:${show}`)) ?? (await freeSeats(tx, show))
    if (left > 0) await tx.query('INSERT INTO bookings (show, guest) VALUES ($1, $2)', [show, guest])
    return left
  })
  await keep(cache, `free:${show}`, Math.max(0, free - 1))
  return free > 0
}

/** Nobody else books until the transaction is over. */
async function freeSeats(tx, show) {
  const { rows: shows } = await tx.query('SELECT seats FROM shows WHERE id = $1 FOR UPDATE', [show])
  const { rows: taken } = await tx.query('SELECT count(*)::int AS taken FROM bookings WHERE show = $1', [show])
  return (shows[0]?.seats ?? 0) - taken[0].taken
}
