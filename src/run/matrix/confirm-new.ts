import { causeOf } from '../../matrix/cause.ts'
import { findingsOf, type JudgedCell } from '../../matrix/findings.ts'
import { isBad } from '../../matrix/verdict.ts'
import { confirmBad, type Confirmed, type ConfirmOptions } from './confirm.ts'
import { isBadCell } from './judge-all.ts'
import { afresh, type Suite } from './suite.ts'

/** Sees findings again of which no cell was seen again in an earlier matrix, and keeps what came of it. */
export async function confirmNew(suite: Suite, { judged, ...options }: ConfirmOptions): Promise<Confirmed> {
  const { cache } = suite
  // What was bad in a process before a change, and is so for the same reason in one behind it, has been seen again.
  const isSeenAnew = (one: JudgedCell): boolean =>
    isBadCell(one) && cache?.causeBefore(one.shown.cell) === causeOf(one).key
  const isSettled = (one: JudgedCell): boolean => (cache?.isConfirmed(one.shown.cell) ?? false) || isSeenAnew(one)
  const settled = new Set(findingsOf(judged).flatMap(({ cells }) => (cells.some(isSettled) ? cells : [])))
  // What is seen again is run again, and alone.
  const unread = cache && { ...cache, find: async () => [], keep: () => {}, forget: () => {} }
  const fresh = { ...afresh(suite), cache: unread, ahead: undefined, lanes: 1 }
  const { confirmed, unconfirmed, better } = await confirmBad(fresh, {
    ...options,
    judged: judged.filter((one) => !settled.has(one)),
  })
  cache?.keep(
    better,
    judged.map(({ shown }) => shown.cell),
  )
  const byId = new Map(confirmed.map((one) => [one.shown.cell.id, one]))
  const all = judged.map((before): Confirmed['confirmed'][number] => {
    const { cell } = before.shown
    const known: typeof before & { confirmed?: boolean } = isSettled(before) ? { ...before, confirmed: true } : before
    const after = byId.get(cell.id) ?? known
    if (after.confirmed && !cache?.isConfirmed(cell)) cache?.keepAgain(cell, causeOf(after).key)
    else if (isBadCell(before) && !isBad(after.judgement.verdict)) cache?.forget(cell)
    return after
  })
  return { confirmed: all, unconfirmed }
}
