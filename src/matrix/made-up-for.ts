import { type Case, type Difference, isHard } from './case.ts'
import type { Effect } from './effects.ts'
import { isAt } from './stand-ins.ts'
import { isUndone, undoersIn } from './undoing.ts'

/** Whether the program has done something about it: undone anything, or written down that it went otherwise. */
export function isDealtWith(shown: Case): boolean {
  return undoersIn(shown).length > 0 || isMarked(shown)
}

/**
 * Whether what happened too often was made up for.
 *
 * @param one - Where it was not done in SQL, nothing that a database is told undoes it.
 */
export function isMadeUpFor(one: Difference, shown: Case): boolean {
  return shown.effects.some((effect) => isAt(effect, one) && isUndone(effect, shown)) || isMarked(shown, one)
}

/**
 * Whether it was put right by a statement that a clean run does not do, or not so often.
 *
 * @param one - Only this.
 * @param verb - Only by an UPDATE: whoever looks for what is left finds no row that was deleted.
 */
export function isMarked(shown: Case, one?: Difference, verb?: 'UPDATE'): boolean {
  const { extra, missing, cell } = shown
  return extra.some((other) => {
    const { operation, boundary, kind } = other
    if (
      kind !== 'sql' ||
      !/^(?:UPDATE|DELETE)\b/.test(operation) ||
      (verb && !operation.startsWith(verb)) ||
      operation === cell.operation
    )
      return false
    if (one !== undefined && !(one.kind === 'sql' && one.boundary === boundary)) return false
    // Where something has not come about, what was done for it is taken back by what takes back others in a clean run.
    return missing.some(isHard) || saysNew(shown, other)
  })
}

/**
 * Whether it is more than what a clean run does, done once more: a statement that no clean run has, or more of them that
 * differ than there are in one.
 */
function saysNew({ effects, baseline }: Case, { boundary, operation, was }: Difference): boolean {
  const isSame = (one: Effect): boolean => isAt(one, { boundary, operation })
  const same = effects.filter(isSame)
  const usual = new Set(baseline.effects.filter(isSame).map(statementOf))
  return new Set(same.map(({ said }) => said)).size > was || same.some((one) => !usual.has(statementOf(one)))
}

/** Without its values. */
function statementOf({ said }: Effect): unknown {
  return said === undefined ? undefined : (JSON.parse(said) as readonly unknown[])[0]
}
