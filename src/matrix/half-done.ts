import { type Baseline, referenceOf } from './baseline.ts'
import type { Effect } from './effects.ts'
import { placeOf } from './observation.ts'
import { type RowChange, rowChangeOf, standsByItself } from './row-change.ts'

/** A statement of a run, taken apart. */
interface Told {
  readonly effect: Effect
  readonly change: RowChange
}

/**
 * Of the effects of one operation of SQL those that stand, and are something else than what did not come about of it:
 * another statement, another word for the same row, the other side of what was moved from row to row, or another row of
 * one and the same thing.
 *
 * @param usual - Those of a clean run.
 * @param done - Those of the run that is looked at: fewer.
 */
export function standsOfHalf(baseline: Baseline, usual: readonly Effect[], done: readonly Effect[]): readonly Effect[] {
  const [before, now] = [usual.flatMap(told), done.flatMap(told)]
  if (before.length !== usual.length || now.length !== done.length) return []
  const pairs = pairsOf(before, now)
  const lost = before.filter((one) => ![...pairs.values()].includes(one))
  const isAtOnce = overlaps(baseline, usual)
  return now.flatMap((one) => {
    const clean = pairs.get(one)
    if (!clean || standsByItself(clean.change)) return []
    if (!lost.every((other) => isOther(clean, other, isAtOnce))) return []
    // Of several that are under way, those that stand may have come to their end.
    const isWhole = lost.some((other) => !isAlike(clean, other) && countOf(now, clean) <= countOf(now, other))
    return isWhole ? [] : [one.effect]
  })
}

function told(effect: Effect): Told[] {
  const change = rowChangeOf(effect)
  return change ? [{ effect, change }] : []
}

/** Each that was done, and which of a clean run it is: the same if there is one, else the first that is left of its kind. */
function pairsOf(before: readonly Told[], now: readonly Told[]): ReadonlyMap<Told, Told> {
  const left = new Set(before)
  const pairs = new Map<Told, Told>()
  for (const isEqual of [isSame, writesSame, isAlike]) {
    for (const one of now) {
      const clean = pairs.has(one) ? undefined : [...left].find((other) => isEqual(one, other))
      if (!clean) continue
      pairs.set(one, clean)
      left.delete(clean)
    }
  }
  return pairs
}

function isAlike({ change }: Told, other: Told): boolean {
  return change.shape === other.change.shape
}

function isSame(one: Told, other: Told): boolean {
  return one.effect.said === other.effect.said
}

function writesSame(one: Told, other: Told): boolean {
  return isAlike(one, other) && isEqual(one.change.values, other.change.values)
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others)
}

function countOf(some: readonly Told[], one: Told): number {
  return some.filter((other) => isAlike(one, other)).length
}

/** Both of a clean run. Where rows of a kind are written at once, each may be a matter of its own. */
function isOther(stands: Told, lost: Told, isAtOnce: boolean): boolean {
  const [one, other] = [stands.change, lost.change]
  if (one.shape !== other.shape) return true
  if (isAtOnce) return false
  if (one.columns.length === 0) return isOfOneThing(stands, lost)
  if (isEqual(one.row, other.row)) return !isEqual(one.values, other.values)
  return !stands.effect.repeatable && isOpposite(one.values, other.values)
}

/** Rows that are inserted with an id of the same thing, which is none of theirs alone. */
function isOfOneThing({ effect, change: { values } }: Told, { change }: Told): boolean {
  return !effect.repeatable && values.some((value) => isMadeId(value) && change.values.includes(value))
}

function isMadeId(value: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)
}

/** What is taken from one row and given to another. */
function isOpposite(some: readonly string[], others: readonly string[]): boolean {
  const amount = (value: string): number => (value === '' ? Number.NaN : Number(value))
  const pairs = some.map((value, i) => [amount(value), amount(others[i] ?? '')] as const)
  return pairs.some(([a, b]) => a !== 0 && a === -b)
}

function overlaps(baseline: Baseline, effects: readonly Effect[]): boolean {
  const places = new Set(effects.map(({ place }) => place))
  const own = referenceOf(baseline).moments.filter((moment) => places.has(placeOf(moment)))
  return own.some((one, i) =>
    own.slice(i + 1).some((other) => other.asked < one.answered && one.asked < other.answered),
  )
}
