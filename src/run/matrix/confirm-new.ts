import { findingsOf } from '../../matrix/findings.ts'
import { isBad } from '../../matrix/verdict.ts'
import { confirmBad, type Confirmed, type ConfirmOptions } from './confirm.ts'
import type { Suite } from './suite.ts'

/** Sees findings again of which no cell was seen again in an earlier matrix, and keeps what came of it. */
export async function confirmNew(suite: Suite, { judged, ...options }: ConfirmOptions): Promise<Confirmed> {
  const { cache } = suite
  const isSettled = (one: ConfirmOptions['judged'][number]): boolean => cache?.isConfirmed(one.shown.cell) ?? false
  const settled = new Set(findingsOf(judged).flatMap(({ cells }) => (cells.some(isSettled) ? cells : [])))
  // What is seen again is run again, and alone.
  const unread = cache && { ...cache, find: async () => [], keep: () => {}, forget: () => {} }
  const fresh = { ...suite, cache: unread, lanes: 1 }
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
    const after = byId.get(cell.id)
    if (!after) return isSettled(before) ? { ...before, confirmed: true } : before
    if (after.confirmed) cache?.keepAgain(cell, true)
    else if (isBad(before.judgement.verdict) && !isBad(after.judgement.verdict)) cache?.keepAgain(cell, false)
    return after
  })
  return { confirmed: all, unconfirmed }
}
